import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.keyring import (
    BadKeyFile,
    CannotOpen,
    KeyFileMissing,
    Keyring,
    load,
    load_or_create,
    new_key,
    save,
)

RING = Keyring((new_key(), new_key()))


@given(st.binary(max_size=300), st.text(max_size=20))
def test_keyring_opens_what_it_sealed(content: bytes, purpose: str) -> None:
    assert RING.open(purpose, RING.seal(purpose, content)) == content


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_keyring_refuses_what_was_changed(at: int, flip: int) -> None:
    sealed = bytearray(RING.seal("bridge", b"a secret"))
    sealed[at % len(sealed)] ^= flip

    with pytest.raises(CannotOpen):
        RING.open("bridge", bytes(sealed))


@given(st.binary(max_size=40))
def test_keyring_refuses_what_it_never_sealed(junk: bytes) -> None:
    with pytest.raises(CannotOpen):
        RING.open("bridge", junk)


def test_keyring_refuses_another_purpose() -> None:
    with pytest.raises(CannotOpen):
        RING.open("mail", RING.seal("bridge", b"a secret"))


def test_keyring_still_opens_after_a_rotation() -> None:
    sealed = RING.seal("bridge", b"a secret")
    rotated = RING.rotated()

    assert rotated.open("bridge", sealed) == b"a secret"
    assert rotated.derive("links") != RING.derive("links")
    assert rotated.derive("links", key_id=RING.keys[0].id) == RING.derive("links")
    assert rotated.knows(RING.fingerprint())


def test_keyring_tells_other_keys_by_their_fingerprint() -> None:
    assert not RING.knows(Keyring((new_key(),)).fingerprint())


def test_purposes_get_keys_of_their_own() -> None:
    assert len({RING.derive(purpose) for purpose in ("links", "sessions", "seal/links")}) == 3


def test_key_file_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "keys.json"

    first = load_or_create(path, may_create=True)

    assert load_or_create(path, may_create=True) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [child.name for child in path.parent.iterdir()] == ["keys.json"]
    assert first.keys[0].secret.hex() not in repr(first)


def test_key_file_is_not_made_where_others_must_bring_it(tmp_path: Path) -> None:
    with pytest.raises(KeyFileMissing):
        load_or_create(tmp_path / "keys.json", may_create=False)


def test_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    save(path, RING)
    path.chmod(0o644)

    with pytest.raises(BadKeyFile, match="open to others"):
        load(path)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"keys": []}', '{"keys": [{"id": "a", "secret": "00"}]}', '{"keys": [1]}'],
)
def test_key_file_with_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.touch(mode=0o600)
    path.write_text(text)

    with pytest.raises(BadKeyFile):
        load(path)
