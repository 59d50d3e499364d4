import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.keyring.key_file import BadKeyFile, KeyFileMissing, load, load_or_create, save
from web.keyring.keyring import CannotOpen, Keyring, new_key

ROUNDS = 20
RING = Keyring((new_key(), new_key()))
NOW = datetime(2026, 11, 26, 7, tzinfo=UTC)
END = NOW + timedelta(days=1)
MOMENT = timedelta(microseconds=1)


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
    rotated = RING.rotated(since=NOW, until=END)

    assert rotated.open("bridge", sealed) == b"a secret"
    assert rotated.derive("links") != RING.derive("links")
    assert rotated.derive("links", key_id=RING.keys[0].id) == RING.derive("links")
    assert rotated.knows(RING.fingerprint())


def test_a_fresh_key_is_read_at_once_used_later_and_the_one_before_ends() -> None:
    old = Keyring((new_key(),))
    ring = old.rotated(since=NOW, until=END)
    names = [key.id for key in ring.keys]
    coming, used, over = ring.at(NOW - MOMENT), ring.at(NOW), ring.at(END)

    assert [key.id for key in coming.keys] == names[::-1]
    assert ([key.id for key in used.keys], used.ended) == (names, ())
    assert ([key.id for key in over.keys], [key.id for key in over.ended]) == (
        names[:1],
        names[1:],
    )
    assert over.open("bridge", old.seal("bridge", b"a secret")) == b"a secret"
    assert over.without(frozenset(names[1:])).keys == ring.keys[:1]


def test_what_a_thread_seals_is_opened_although_other_keys_are_taken_meanwhile() -> None:
    ring = Keyring((new_key(),))
    rings = [Keyring(ring.keys), ring.rotated(since=NOW, until=END)]
    rings.append(rings[1].at(END))
    over = threading.Event()

    def take() -> None:
        while not over.is_set():
            for one in rings:
                ring.take(one)

    taker, before = threading.Thread(target=take), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    taker.start()
    try:
        sealed = [ring.seal("bridge", b"a secret") for _ in range(2_000)]
    finally:
        over.set()
        taker.join()
        sys.setswitchinterval(before)

    assert {rings[2].open("bridge", one) for one in sealed} == {b"a secret"}


def test_a_second_rotation_never_lengthens_the_life_of_a_key() -> None:
    twice = Keyring((new_key(),)).rotated(since=NOW, until=END).rotated(since=NOW, until=NOW)

    assert [key.until for key in twice.keys] == [None, NOW, NOW]
    assert (
        Keyring((new_key(),))
        .rotated(since=NOW, until=END)
        .rotated(since=END, until=END + MOMENT)
        .keys[2]
        .until
        == END
    )


def test_joined_rings_read_what_either_reads() -> None:
    before = Keyring((new_key(),))
    after = before.rotated(since=NOW, until=END).without(frozenset({before.newest}))
    both = before.joined(after)

    assert both.newest == after.newest
    assert both.open("bridge", before.seal("bridge", b"x")) == b"x"
    assert before.joined(before) == before


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


def test_key_file_keeps_its_times_its_rights_and_its_place_behind_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "there" / "keys.json", tmp_path / "keys.json"
    path.parent.mkdir()
    link.symlink_to(path)
    save(link, RING)
    path.chmod(0o640)
    (path.parent / ".keys.json.0000").write_text("what one left that was killed")
    ring = RING.rotated(since=NOW, until=END)

    save(link, ring)

    assert load(link) == ring
    assert (link.is_symlink(), stat.S_IMODE(path.stat().st_mode)) == (True, 0o640)
    assert [child.name for child in path.parent.iterdir()] == ["keys.json"]


def test_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    save(path, RING)
    path.chmod(0o644)

    with pytest.raises(BadKeyFile, match="open to others"):
        load(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"keys": []}',
        '{"keys": [{"id": "a", "secret": "00"}]}',
        '{"keys": [1]}',
        '{"keys": [{"id": "a", "secret": "%s", "until": "2026-11-26T07:00"}]}' % ("00" * 32),
        '{"keys": [{"id": "a", "secret": "%s", "since": 5}]}' % ("00" * 32),
    ],
)
def test_key_file_with_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.touch(mode=0o600)
    path.write_text(text)

    with pytest.raises(BadKeyFile):
        load(path)


def test_key_file_is_the_old_or_the_new_one_wherever_its_writer_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    command = [sys.executable, "-m", "tests.web.saving_keys", str(path)]

    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")

    lines = told[:-1]
    turn = lines.index("new True")
    assert lines == ["old True"] * turn + ["new True"] * (len(lines) - turn)
    assert min(turn, len(lines) - turn) > 1
    assert [child.name for child in tmp_path.iterdir()] == ["keys.json"]


def test_two_who_start_on_nothing_at_once_go_on_with_the_same_keys(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.web.creating_keys", str(tmp_path), str(ROUNDS)]

    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    pairs = [line.split("\t") for line in told.splitlines()]
    kept = [load(tmp_path / str(number) / "keys.json").fingerprint() for number in range(ROUNDS)]
    assert pairs == [[one, one] for one in kept]
    assert len(list(tmp_path.rglob("*.*"))) == ROUNDS
