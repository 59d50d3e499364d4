"""Forms whose bytes are no form: refused in words, whoever sends them, and nothing is logged."""

import pytest

from tests.bridges.makers import SECRETS, a_bridge
from tests.makers import a_directory

FORM = "application/x-www-form-urlencoded"
UNREADABLE = {
    "an unknown alphabet": (f"{FORM}; charset=nonsense", b"id=1"),
    "other bytes than it says": (FORM, b"id=\xff\xfe"),
    "parts without a boundary": ("multipart/form-data", b"id=1"),
    "no parts": ("multipart/form-data; boundary=x", b"id=1"),
    "half a part": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-d"),
    "a part in an unknown alphabet": (
        "multipart/form-data; boundary=x",
        (
            b'--x\r\nContent-Disposition: form-data; name="id"\r\n'
            b"Content-Type: text/plain; charset=nonsense\r\n\r\n1\r\n--x--\r\n"
        ),
    ),
    "a part in an unknown encoding": (
        "multipart/form-data; boundary=x",
        (
            b'--x\r\nContent-Disposition: form-data; name="id"\r\n'
            b"Content-Transfer-Encoding: nonsense\r\n\r\n1\r\n--x--\r\n"
        ),
    ),
}


@pytest.fixture
async def stranger(client_for, conn, keyring):
    await a_directory(conn)
    await a_bridge(conn, seal=keyring)
    return await client_for(None)


@pytest.mark.parametrize(("kind", "body"), UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_what_is_no_form_is_refused_in_words(stranger, kind, body):
    bearer = {"Authorization": f"Bearer {SECRETS.reservation}", "Content-Type": kind}
    answers = {
        path: await stranger.post(path, data=body, headers=bearer)
        for path in (
            "/sign-in",
            "/bridges/lab/phone/conference-mapper",
            "/bridges/lab/phone/hall",
            "/j/nobodys/heartbeat",
        )
    }

    assert {path: answer.status for path, answer in answers.items()} == dict.fromkeys(answers, 400)
