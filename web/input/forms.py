"""Forms: one model for each, read alike from the API's JSON and from a page's fields."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from meetings.kinds import Kind, Secrecy, Urgency, Visibility
from meetings.model import Changes, OfficialId, Period, SiteId, UnitId, Wish
from web.errors import BadForm, Problem
from web.input.codes import code_of, values_in
from web.input.moments import Moment
from web.input.strict_json import shown
from web.input.words import BridgeName, GroupCode, LongText, NotSecret, Reason, Title, UnitCode, Who

LARGEST_ID = 2**31 - 1
MOST_SITES = 5000  # the country has 3,321 communes; one conference may call them all
MOST_GROUPS = 20
MOST_DELEGATES = 100
LONGEST = timedelta(hours=24)

Id = Annotated[int, Field(strict=True, ge=1, le=LARGEST_ID)]
SiteIds = Annotated[list[Id], Field(max_length=MOST_SITES)]
Flag = Annotated[bool, Field(strict=True)]
OfficialIds = Annotated[list[Id], Field(max_length=MOST_DELEGATES)]
GroupCodes = Annotated[list[GroupCode], Field(max_length=MOST_GROUPS)]


def period_problem(start: datetime, end: datetime) -> str:
    """Return the code of what is wrong between a start and an end, or ""."""
    if end <= start:
        return "end-before-start"
    return "too-long-a-time" if end - start > LONGEST else ""


def after_start(end: datetime, info: ValidationInfo) -> datetime:
    """Return an end that fits the `start` before it; one that cannot be read fits any."""
    start = info.data.get("start")
    if start and (code := period_problem(start, end)):
        raise PydanticCustomError("between-fields", "{code}", {"code": code})
    return end


def somebody(sites: list[int], info: ValidationInfo) -> list[int]:
    """Return the halls, of which there are some where the `groups` before them are none."""
    if not sites and "groups" in info.data and not info.data["groups"]:
        raise PydanticCustomError("required", "nobody is invited")
    return sites


End = Annotated[Moment, AfterValidator(after_start)]
Invited = Annotated[SiteIds, AfterValidator(somebody)]

Digest = Annotated[str, Field(strict=True, pattern=r"^([0-9a-f]{32})?$")]

Form = TypeVar("Form", bound="Body")

MOST_PROBLEMS = 50
ABOUT_ALL = "body"
"""The field named when the body as a whole is wrong."""


class Body(BaseModel):
    """What somebody sends; fields that we do not know are refused, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Asking(StrEnum):
    """As what a wish is kept; without it, it is booked, or asked for where a chain applies."""

    DRAFT = "draft"
    REQUEST = "request"


class WishBody(Body):
    """What is wished for; `sites` and `groups` together say who takes part.

    Without `visibility` it is as its host has it.  `waiver` is why an urgent one is called without
    the days of notice; with `call_systems` SIP room systems of its halls are called at the start.
    """

    title: Title
    kind: Kind
    chair: Who = ""
    secretary: Who = ""
    visibility: Visibility | None = None
    secrecy: NotSecret = Secrecy.NONE
    chair_id: Id | None = None
    delegates: OfficialIds = []
    note: LongText = ""
    host: UnitCode | None = None
    bridge: BridgeName | None = None
    main_site: Id
    groups: GroupCodes = []
    sites: Invited = Field(default=[], validate_default=True)
    start: Moment
    end: End
    urgency: Urgency = Urgency.NORMAL
    waiver: Reason = ""
    call_systems: Flag = False
    as_: Annotated[Asking | None, Field(alias="as")] = None
    displace: bool = False
    digest: Digest = ""

    def wish(
        self, host: UnitId, sites: frozenset[SiteId], usual: Visibility = Visibility.INTERNAL
    ) -> Wish:
        """Return the wish, with the host, the groups' sites and who usually learns its title."""
        return Wish(
            title=self.title,
            kind=self.kind,
            host=host,
            chair=self.chair,
            main_site=SiteId(self.main_site),
            sites=with_all(self.sites, self.main_site, sites),
            period=Period(self.start, self.end),
            note=self.note,
            secretary=self.secretary,
            visibility=self.visibility or usual,
            urgency=self.urgency,
            waiver=self.waiver,
            call_systems=self.call_systems,
            chair_id=None if self.chair_id is None else OfficialId(self.chair_id),
            delegates=frozenset(map(OfficialId, self.delegates)),
        )


class ChangesBody(Body):
    """What is to be different; a field left out stays, and both ends of the time go together.

    A `chair_id` of null takes the official who chairs away.
    """

    title: Title | None = None
    kind: Kind | None = None
    chair: Who | None = None
    secretary: Who | None = None
    visibility: Visibility | None = None
    secrecy: NotSecret | None = None
    chair_id: Id | None = None
    delegates: OfficialIds | None = None
    note: LongText | None = None
    main_site: Id | None = None
    groups: GroupCodes | None = None
    sites: Invited | None = None
    start: Moment | None = None
    end: End | None = None
    urgency: Urgency | None = None
    waiver: Reason | None = None
    call_systems: Flag | None = None

    def changes(self, before: Period, sites: frozenset[SiteId]) -> Changes:
        """Return the changes to a conference that had this period.

        Raises:
            BadForm: one end alone was given and does not fit the other.
        """
        start, end = self.start or before.start, self.end or before.end
        if problem := period_problem(start, end):
            raise BadForm({"end": problem})
        invited = with_all(self.sites or [], self.main_site, sites)
        return Changes(
            title=self.title,
            kind=self.kind,
            chair=self.chair,
            note=self.note,
            main_site=None if self.main_site is None else SiteId(self.main_site),
            sites=None if self.sites is None and self.groups is None else invited,
            period=Period(start, end) if self.start or self.end else None,
            secretary=self.secretary,
            visibility=self.visibility,
            urgency=self.urgency,
            waiver=self.waiver,
            call_systems=self.call_systems,
            chair_id=None if self.chair_id is None else OfficialId(self.chair_id),
            no_chair=self.chair_id is None and "chair_id" in self.model_fields_set,
            delegates=None
            if self.delegates is None
            else frozenset(map(OfficialId, self.delegates)),
        )


class RefuseBody(Body):
    """Why a request is refused; the one who asked reads it."""

    reason: Annotated[Reason, Field(min_length=1)]


class CancelBody(Body):
    """Why a conference is called off."""

    reason: Reason = ""


def with_all(chosen: list[int], main: int | None, grouped: frozenset[SiteId]) -> frozenset[SiteId]:
    """Return every site invited, the main site too.

    Raises:
        BadForm: they are more than one conference takes.
    """
    mains = frozenset() if main is None else frozenset({SiteId(main)})
    every = frozenset(map(SiteId, chosen)) | grouped | mains
    if len(every) > MOST_SITES:
        raise BadForm({"sites": Problem("too-many", (("most", MOST_SITES),))})
    return every


def parse_form(model: type[Form], data: Any) -> Form:
    """Return the form's value.

    Raises:
        BadForm: with every field that was wrong, not only the first.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise BadForm(dict(map(problem_of, found[:MOST_PROBLEMS]))) from None


def problem_of(detail: ErrorDetails) -> tuple[str, Problem]:
    """Return the field and the problem of one of pydantic's findings."""
    context = detail.get("ctx", {})
    inside = [str(context["field"])] if "field" in context else []
    field = ".".join([*(shown(str(part)) for part in detail["loc"]), *inside]) or ABOUT_ALL
    kind = detail["type"]
    if kind == "string_too_short" and context["min_length"] > 1:
        kind = "too-short"
    code = str(context.get("code", "")) or code_of(kind)
    return field, Problem(code, values_in(context))


def said_in(body: Body, *, clearing: Collection[str] = ()) -> dict[str, Any]:
    """Return the fields that somebody sent; null counts only for those that it clears."""
    sent = body.model_dump(exclude_unset=True)
    return {name: value for name, value in sent.items() if value is not None or name in clearing}
