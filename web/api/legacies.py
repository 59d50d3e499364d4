"""What units that become one say differently, and whether something is only tried."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from meetings.reforms.inheritance import Contradiction, Outcome
from web.api import views
from web.input.forms import Body
from web.wording.legacies import as_text


def read_flag(value: object) -> object:
    """Return what a query means by true and false."""
    return {"true": True, "false": False, "1": True, "0": False}.get(str(value), value)


class TrialQuery(Body):
    """`dry_run=true` only says what would change."""

    dry_run: Annotated[bool, BeforeValidator(read_flag)] = False


class SaidView(views.View):
    """What one unit says."""

    unit: str
    value: str


class UnsettledView(views.View):
    """What units that become one say differently.

    `what` is `policy.*`, `defaults.*`, `chain.*` or `official.*`.  With `kept` the unit that goes
    on keeps its own, with `set-again` nobody's is taken over, with `all-go-on` everybody stays.
    """

    unit: str
    what: str
    said: list[SaidView]
    outcome: Outcome


def unsettled_view(one: Contradiction) -> UnsettledView:
    """Return a contradiction."""
    said = [SaidView(unit=code, value=as_text(value)) for code, value in one.said]
    return UnsettledView(unit=one.unit, what=one.what, said=said, outcome=one.outcome)
