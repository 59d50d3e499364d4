"""Facts that stop a request; web/statuses.py says with which status each is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from meetings.ids import PersonId


class WebError(Exception):
    """Something about a request is not as it must be."""

    code = "web"


class NotSignedIn(WebError):
    """Nobody is signed in, or the token is not known."""

    code = "not-signed-in"


class Forbidden(WebError):
    """The actor is known and may not do this."""

    code = "forbidden"

    def __init__(self, permission: str) -> None:
        super().__init__(f"{permission} is not granted")
        self.permission = permission


class PageNotFound(WebError):
    """There is nothing under this address, or not for this actor."""

    code = "not-found"


class CrossSite(WebError):
    """A change was asked for from another site, or without the form's token."""

    code = "cross-site"


class BadCredentials(WebError):
    """No such login, or another password; which of the two is not told."""

    code = "bad-credentials"


class TooManyTries(WebError):
    """Too many failures; try again after a while."""

    code = "too-many-tries"

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"blocked for {wait}")
        self.wait = wait


class TooManyToShow(WebError):
    """More conferences are held then than a view shows, and a part would pass for all."""

    code = "too-many-to-show"


class TooBusy(WebError):
    """The queue for costly work is full."""

    code = "too-busy"


class DatabaseDown(WebError):
    """PostgreSQL cannot be reached now."""

    code = "database-down"


class DirectoryDown(WebError):
    """The directory service does not say whether a password is right."""

    code = "directory-down"


class LedByDirectory(WebError):
    """The person signs in with the password of the directory service, not by a link of ours."""

    code = "directory-person"


class RolesLed(WebError):
    """The directory service says what the person may do."""

    code = "roles-led"


class NotOneself(WebError):
    """Nobody takes their own rights away."""

    code = "not-oneself"


class LinkUsed(WebError):
    """The one-time link is unknown, used or too old."""

    code = "link-used"


class LinkVoid(WebError):
    """What its person may do has changed since the one-time link was made."""

    code = "link-void"

    def __init__(self, person: PersonId) -> None:
        """Keep whose it is."""
        self.person = person
        super().__init__()


class WeakPassword(WebError):
    """The password is too short, too long or too well known."""

    code = "weak-password"


class BadRequest(WebError):
    """The request cannot be read at all; `reason` is a stable code."""

    code = "bad-request"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnsupportedBody(WebError):
    """The body is of a kind that this route does not read."""

    code = "unsupported-media-type"


class NotAcceptable(WebError):
    """None of the kinds the client accepts can be made."""

    code = "not-acceptable"


class PreconditionMissing(WebError):
    """A change of something with versions needs If-Match."""

    code = "precondition-required"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: a stable code and values for its sentence."""

    code: str
    values: tuple[tuple[str, object], ...] = ()


class BadForm(WebError):
    """Fields are wrong; every one of them is named at once."""

    code = "bad-form"

    def __init__(self, problems: Mapping[str, str | Problem]) -> None:
        super().__init__(f"bad fields: {', '.join(problems)}")
        self.problems = {
            field: problem if isinstance(problem, Problem) else Problem(problem)
            for field, problem in problems.items()
        }
