"""Facts that stop the booking of a conference like another one."""

from __future__ import annotations

from meetings.errors import MeetingsError
from meetings.model import SiteId


class TemplateNotFound(MeetingsError):
    """There is no template of that id, or not for this person."""

    code = "template-not-found"


class TemplateTaken(MeetingsError):
    """The unit has a template of that name."""

    code = "template-taken"


class RetiredSites(MeetingsError):
    """Halls of the template or the old conference are no longer in use on that day."""

    code = "sites-retired"

    def __init__(self, sites: frozenset[SiteId], names: tuple[str, ...]) -> None:
        super().__init__(f"sites {sorted(sites)} are retired")
        self.sites = sites
        self.names = names
