"""Chains of approval from a form or the API: what is sent, and the steps it means."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.approval.chains import Step
from meetings.directory.finding import unit_by_code
from meetings.errors import PersonNotFound, UnitNotFound
from meetings.model import Kind, PersonId, Role
from meetings.office.workdays import local_day
from meetings.people.grants import person_by_id
from meetings.store import Connection
from web.errors import BadForm
from web.input.forms import Body, Id
from web.input.words import UnitCode
from web.scheduling.booking import Desk

MOST_STEPS = 10
MOST_PEOPLE = 20


class StepBody(Body):
    """Who may answer: a role over a unit (of that unit and below it), or named people."""

    role: Role | None = None
    unit: UnitCode | None = None
    people: Annotated[list[Id], Field(max_length=MOST_PEOPLE, default_factory=list)]

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse a step that is both, half, or nothing."""
        if (self.role is None) != (self.unit is None) or (self.role is None) != bool(self.people):
            raise PydanticCustomError(
                "required", "a role over a unit, or people", {"field": "role"}
            )
        return self


class StepsBody(Body):
    """Who must agree, in order; without steps conferences are booked at once."""

    steps: Annotated[list[StepBody], Field(max_length=MOST_STEPS)]


class ChainBody(StepsBody):
    """Who must agree to conferences of a unit's subtree; without a kind, of any kind."""

    unit: UnitCode
    kind: Kind | None = None


async def steps_in(conn: Connection, desk: Desk, body: StepsBody) -> list[Step]:
    """Return the steps with their units and people found.

    Raises:
        BadForm: with the first step that names a unit or a person who does not exist.
    """
    return [await step_in(conn, desk, one, place) for place, one in enumerate(body.steps)]


async def step_in(conn: Connection, desk: Desk, body: StepBody, place: int) -> Step:
    """Return one step."""
    try:
        if body.role is not None and body.unit is not None:
            unit = await unit_by_code(conn, body.unit, local_day(desk.now))
            return Step(role=body.role, unit=unit.id)
        for person in body.people:
            await person_by_id(conn, PersonId(person))
    except UnitNotFound as error:
        raise BadForm({f"steps.{place}.unit": error.code}) from error
    except PersonNotFound as error:
        raise BadForm({f"steps.{place}.people": error.code}) from error
    return Step(people=frozenset(map(PersonId, body.people)))
