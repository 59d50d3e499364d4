import re

from tests.project.licences import ALLOWED, THIRD_PARTY, licences, table


def test_every_requirement_carries_an_allowed_licence():
    named = {name: set(re.split(r" (?:AND|OR) ", text)) for name, text in licences().items()}

    strangers = {name: parts - ALLOWED for name, parts in named.items() if parts - ALLOWED}

    assert strangers == {}


def test_third_party_names_every_requirement():
    assert THIRD_PARTY.read_text() == table()
