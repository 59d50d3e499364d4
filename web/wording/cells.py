"""What a person reads about a wrong cell, by its code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from meetings.directory.unit_rows import CellProblem
from web.i18n import N_, Catalogue
from web.wording.clearer_sentences import clearer
from web.wording.sentences import SENTENCES

SAID: Mapping[str, str] = MappingProxyType(
    {
        "column-missing": N_("the column is missing"),
        "column-unknown": N_("this column is not known here"),
        "too-many-cells": N_("there are more cells than columns"),
        "not-csv": N_("this is no CSV"),
        "empty": N_("the cell is empty"),
        "formula": N_("the cell begins like a formula"),
        "unreadable": N_("the cell is too long or holds control characters"),
        "unknown-kind": N_("this kind of unit is not known"),
        "not-a-date": N_("this is no date (write 2025-07-01)"),
        "bad-time": N_("this is no time such as 25/11/2026 08:00"),
        "not-a-number": N_("this is no number"),
        "out-of-range": N_("there is no such place on Earth"),
        "ends-before-start": N_("it ends before it begins"),
        "twice": N_("the code stands in the file twice"),
        "unknown-unit": N_("there is no unit of that code"),
        "parent-ended": N_("the unit of that code is there no more at that time"),
        "circle": N_("the unit would be below itself"),
        "former-unit": N_(
            "this is the name that code had before %(until)s; write its days in valid_from and "
            "valid_to"
        ),
        "too-soon": N_("a unit becomes another; import this on or after that day"),
        "unit-used": N_(
            "the unit holds conferences, or its halls are invited to some, after that day"
        ),
        "units-below": N_("units below it go on after that day"),
        "goes-on": N_("this unit does not end; give its row the day on which it does"),
        "overlaps": N_("several units of this code are valid in that time"),
        "unknown-record": N_("there is no record of this id that you keep"),
        "unknown-hall": N_("the unit has no hall of that name"),
        "hall-needed": N_("the hall is invited to conferences before that day"),
        "hall-in-use": N_("the hall is invited to conferences after that day"),
        "change-on-page": N_("a known conference is changed on its page, not by a file"),
        "too-many-wishes": N_("a file books at most %(most)s conferences; make a second file"),
        "no-such-hall": N_("there is no one hall of that code or name"),
        "no-such-line": N_("there is no one shared line of that number or name"),
        "no-such-official": N_("nobody in office, or several, are called so"),
        "same-login": N_("this login stands in the file twice"),
        "no-such-role": N_("%(text)s is no role over a unit (write secretary@11)"),
        "led-by-directory": N_("the directory service says this of the person, not a file"),
        "not-oneself": N_("nobody takes their own rights away"),
        "last-admin": N_("nobody would be left who administers everything and can sign in"),
        "new-is-active": N_("somebody new may sign in; leave out who may not"),
        "event-repeats": N_("the event repeats: book it as a series on its page"),
        "event-cancelled": N_("the event is called off: take it out of the file"),
    }
)


def cell_words(problem: CellProblem, words: Catalogue) -> str:
    """Return what is wrong with a cell; a code without words stays a code."""
    values = {
        name: f"{value:%d/%m/%Y}" if isinstance(value, date) else value
        for name, value in problem.values
    }
    usual = SAID.get(problem.code) or SENTENCES.get(problem.code)
    sentence = clearer(problem.code, values) or usual
    return words.gettext(sentence) % values if sentence else problem.code
