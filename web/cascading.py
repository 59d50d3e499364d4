"""What is sent to plan a cascade, for pages and API alike."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.model import Period, SiteId
from meetings.upstreams import Upstream
from web.errors import BadForm
from web.forms import Body, Id, check_period
from web.moments import Moment
from web.planned import minute_of
from web.words import LINE, NO_SECRETS, Name


class UpstreamBody(Body):
    """What is relayed: whose bridge, how it is dialled, by which hall, from when until when."""

    name: Annotated[Name, NO_SECRETS]
    address: Annotated[str, Field(strict=True, min_length=1, max_length=300), LINE, NO_SECRETS]
    relay_site: Id
    start: Moment | None = None
    end: Moment | None = None

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse half a time."""
        if (self.start is None) != (self.end is None):
            missing = "end" if self.end is None else "start"
            raise PydanticCustomError("required", "both ends", {"field": missing})
        if self.start and self.end:
            check_period(self.start, self.end)
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


class LossBody(Body):
    """What somebody says of a loss."""

    remark: Annotated[str, Field(strict=True, max_length=500), LINE, NO_SECRETS] = ""
