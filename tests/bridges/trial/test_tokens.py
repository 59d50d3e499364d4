from datetime import UTC, datetime, timedelta

import pytest

from bridges.trial.errors import TokenRefused
from bridges.trial.model import Affiliation
from bridges.trial.tokens import check_door, verify
from tests.bridges.trial.stage import ROOM, a_config, a_token

CONFIG = a_config()
NOW = datetime.now(UTC)
STAMP = int(NOW.timestamp())


def refusal(token: str, room: str = ROOM) -> str:
    """Return the code with which a token is refused at the connection or the door, "" if not."""
    try:
        check_door(verify(token, CONFIG, NOW), room, CONFIG)  # type: ignore[arg-type]
    except TokenRefused as refused:
        return refused.code
    return ""


# As real Prosody decided, scene "Tokens" of the captures; where it hung we refuse, and our
# audience is exact.
@pytest.mark.parametrize(
    ("token", "code"),
    [
        (a_token(), ""),
        ("", "token-missing"),
        ("rubbish", "token-invalid"),
        ("a.b.c", "token-invalid"),
        (a_token(key="another-secret-that-is-long-enough-too"), "token-invalid"),
        (a_token(exp=STAMP - 7), "token-expired"),
        (a_token(exp=STAMP), "token-expired"),
        (a_token(exp=STAMP + 2), ""),
        (a_token(exp=STAMP + 60.5), ""),
        (a_token(exp=str(STAMP + 60)), "token-invalid"),
        (a_token(exp=True), "token-invalid"),
        (a_token(without="exp"), ""),
        (a_token(without="nbf"), ""),
        (a_token(nbf=STAMP + 60), "token-early"),
        (a_token(iat=STAMP + 60), ""),
        (a_token(room="*"), ""),
        (a_token(room=ROOM.upper()), ""),
        (a_token(room="another-room"), "token-room"),
        (a_token(without="room"), "token-invalid"),
        (a_token(room=None), "token-invalid"),
        (a_token(sub="*"), ""),
        (a_token(sub="other.domain"), "token-room"),
        (a_token(without="sub"), "token-invalid"),
        (a_token(iss="stranger"), "token-foreign"),
        (a_token(without="iss"), "token-foreign"),
        (a_token(aud="other"), "token-foreign"),
        (a_token(aud=["jitsi"]), "token-foreign"),
        (a_token(without="aud"), "token-foreign"),
        (a_token(without="context"), ""),
        (a_token(head={"alg": "HS512"}), "token-invalid"),
        (a_token(head={"typ": "jwt"}), "token-invalid"),
        (a_token().rpartition(".")[0] + ".", "token-invalid"),
        ("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJkaWVtY2F1In0.", "token-invalid"),
    ],
)
def test_token_is_judged_as_prosody_does(token, code):
    assert refusal(token) == code


def test_expiry_has_no_leeway():
    token = a_token(exp=STAMP, nbf=STAMP - 120)
    instant = datetime.fromtimestamp(STAMP, UTC)

    assert verify(token, CONFIG, instant - timedelta(microseconds=1)).room == ROOM
    with pytest.raises(TokenRefused):
        verify(token, CONFIG, instant)


@pytest.mark.parametrize(
    ("user", "reported"),
    [
        ({"id": "an", "name": "An", "email": "a@b"}, {"id": "an", "name": "An", "email": "a@b"}),
        ({"id": 7, "email": None}, {"id": 7.0}),
        ({"name": ["x"], "joined_at": 1, "moderator": True}, {}),
        ([], {}),
        (None, {}),
    ],
)
def test_user_is_reported_as_far_as_events_know_it(user, reported):
    claims = verify(a_token(context={"user": user}), CONFIG, datetime.now(UTC))

    assert claims.entrant.user == reported


@pytest.mark.parametrize(
    ("user", "affiliation"),
    [
        ({}, Affiliation.MEMBER),
        ({"moderator": True}, Affiliation.OWNER),
        ({"moderator": "true"}, Affiliation.OWNER),
        ({"moderator": False}, Affiliation.MEMBER),
        ({"moderator": 1}, Affiliation.MEMBER),
        ({"affiliation": "owner"}, Affiliation.OWNER),
        ({"affiliation": "teacher"}, Affiliation.OWNER),
        ({"affiliation": ["owner"]}, Affiliation.MEMBER),
    ],
)
def test_affiliation_comes_from_the_token_alone(user, affiliation):
    claims = verify(a_token(context={"user": user}), CONFIG, datetime.now(UTC))

    assert claims.entrant.affiliation == affiliation
