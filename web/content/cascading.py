"""What is sent to plan a cascade, for pages and API alike."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.content.cascading import plan_upstream
from meetings.content.upstreams import Upstream
from meetings.model import Conference, Period, SiteId
from meetings.series.relaying import plan_for_series
from meetings.store import Connection
from meetings.store.occurrences import find_belonging
from web.content.planned import minute_of
from web.errors import BadForm
from web.input.forms import Body, End, Id
from web.input.moments import Moment
from web.input.words import LINE, NO_SECRETS, OpenName
from web.permissions import Permission
from web.scheduling.booking import Desk
from web.series.seeing_series import see_series


class Dates(StrEnum):
    """This date of a series, or it and all that are still to come."""

    ONE = "one"
    COMING = "coming"


class UpstreamBody(Body):
    """What is relayed: whose bridge, how it is dialled, by which hall, from when until when."""

    name: OpenName
    address: Annotated[str, Field(strict=True, min_length=1, max_length=300), LINE, NO_SECRETS]
    relay_site: Id
    start: Moment | None = None
    end: End | None = None

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse half a time."""
        if (self.start is None) != (self.end is None):
            missing = "end" if self.end is None else "start"
            raise PydanticCustomError("required", "both ends", {"field": missing})
        return self

    def upstream(self, period: Period) -> Upstream:
        """Return the upstream with its part counted from the start.

        Raises:
            BadForm: in whole minutes there is nothing between both ends.
        """
        first = None if self.start is None else minute_of(self.start, period)
        last = None if self.end is None else minute_of(self.end, period)
        if first is not None and first == last:
            raise BadForm({"end": "end-before-start"})
        return Upstream(
            name=self.name,
            address=self.address,
            relay=SiteId(self.relay_site),
            from_minute=first,
            to_minute=last,
        )


class DatesQuery(Body):
    """Which dates are meant, where the conference belongs to a series."""

    dates: Dates = Dates.ONE


async def plan_as(
    conn: Connection,
    desk: Desk,
    conference: Conference,
    upstream: Upstream | None,
    *,
    version: int | None,
    dates: Dates,
) -> int:
    """Write or take away what a conference relays, or all coming dates of its series.

    Raises:
        Forbidden, SeriesNotFound: the series is somebody else's.
        StaleVersion, IllegalMove, SitesNotFound, UpstreamNotFound: as for one conference.
    """
    by, now = desk.actor.name, desk.now
    belonging = await find_belonging(conn, conference.id) if dates is Dates.COMING else None
    if belonging is None:
        return await plan_upstream(conn, conference.id, upstream, version=version, by=by, now=now)
    await see_series(conn, desk.actor, belonging.series, Permission.BOOK)
    return await plan_for_series(
        conn, belonging.series, conference, upstream, version=version, by=by, now=now
    )


class LossBody(Body):
    """What somebody says of a loss."""

    remark: Annotated[str, Field(strict=True, max_length=500), LINE, NO_SECRETS] = ""
