"""Bodies and forms: what is taken, and the code of everything that is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict

from meetings.model import Kind, SiteId, UnitId
from web.directory.contacts import ContactBody
from web.errors import BadForm, BadRequest
from web.input.forms import ChangesBody, WishBody, parse_form
from web.input.moments import date_problem, read_date, read_time
from web.input.strict_json import is_plain, parse
from web.input.typed import parse_wish_page
from web.series.forms import RestoreBody

GOOD: dict[str, Any] = {
    "title": "Họp giao ban",
    "kind": "briefing",
    "main_site": 1,
    "sites": [1, 2],
    "start": "2026-11-25T08:00:00+07:00",
    "end": "2026-11-25T10:00:00+07:00",
}

RLO, NUL, LONE = "\u202e", "\0", "\ud800"


def problems(data: Any) -> dict[str, str]:
    with pytest.raises(BadForm) as caught:
        parse_form(WishBody, data)
    return {field: problem.code for field, problem in caught.value.problems.items()}


def test_wish_is_read_whole():
    wish = parse_form(WishBody, GOOD | {"title": "  Ho\u0323p giao ban "}).wish(
        UnitId(7), frozenset()
    )

    assert wish.title == "Họp giao ban"
    assert wish.kind is Kind.BRIEFING
    assert wish.host == 7
    assert wish.sites == {SiteId(1), SiteId(2)}
    assert wish.period.start == datetime(2026, 11, 25, 1, tzinfo=UTC)
    assert wish.period.end == datetime(2026, 11, 25, 3, tzinfo=UTC)


def test_main_site_always_takes_part():
    wish = parse_form(WishBody, GOOD | {"main_site": 9}).wish(UnitId(7), frozenset({SiteId(3)}))

    assert wish.sites == {SiteId(1), SiteId(2), SiteId(3), SiteId(9)}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"title": "Kế hoạch (Mật)"}, {"title": "secret-content"}),
        ({"note": "Mang hồ sơ tuyệt mật"}, {"note": "secret-content"}),
        ({"secrecy": "mat"}, {"secrecy": "only-not-secret"}),
        ({"visibility": "secret"}, {"visibility": "not-a-choice"}),
        ({"end": GOOD["start"]}, {"end": "end-before-start"}),
        ({"end": "2026-11-24T08:00:00+07:00"}, {"end": "end-before-start"}),
        ({"end": "2026-11-26T08:00:01+07:00"}, {"end": "too-long-a-time"}),
        ({"start": "2026-11-25T08:00:00"}, {"start": "naive-time"}),
        ({"start": "2026-02-30T08:00:00Z"}, {"start": "bad-time"}),
        ({"start": "2126-11-25T08:00:00+07:00"}, {"start": "far-date"}),
        ({"start": "1926-11-25T08:00:00+07:00"}, {"start": "far-date"}),
        ({"start": "9999-12-31T23:59:59-14:00"}, {"start": "far-date"}),
        ({"start": "0000-01-01T00:00:00Z"}, {"start": "bad-time"}),
        ({"start": 1700000000}, {"start": "bad-time"}),
        ({"start": "tomorrow"}, {"start": "bad-time"}),
        ({"start": None}, {"start": "bad-time"}),
        ({"sites": []}, {"sites": "required"}),
        ({"sites": list(range(1, 5002))}, {"sites": "too-many"}),
        ({"sites": [1, "2"]}, {"sites.1": "not-a-number"}),
        ({"sites": [1.5]}, {"sites.0": "not-a-number"}),
        ({"sites": [True]}, {"sites.0": "not-a-number"}),
        ({"sites": [2**63]}, {"sites.0": "out-of-range"}),
        ({"sites": [0]}, {"sites.0": "out-of-range"}),
        ({"sites": {"1": 1}}, {"sites": "not-a-list"}),
        ({"main_site": 10**30}, {"main_site": "out-of-range"}),
        ({"title": "x" * 301}, {"title": "too-long"}),
        ({"title": "x" * 10_000}, {"title": "too-long"}),
        ({"title": " \t "}, {"title": "bad-characters"}),
        ({"title": "   "}, {"title": "required"}),
        ({"title": f"a{RLO}b"}, {"title": "bad-characters"}),
        ({"title": f"a{NUL}b"}, {"title": "bad-characters"}),
        ({"title": f"a{LONE}b"}, {"title": "bad-characters"}),
        ({"title": 5}, {"title": "not-a-text"}),
        ({"kind": "party"}, {"kind": "not-a-choice"}),
        ({"kind": ["briefing"]}, {"kind": "not-a-choice"}),
        ({"bridge": "../x"}, {"bridge": "bad-bridge-name"}),
        ({"colour": "red"}, {"colour": "unknown-field"}),
        ({f"a{RLO}": "red"}, {"a�": "unknown-field"}),
        ({f"a{LONE}": "red"}, {"body": "bad-characters"}),
    ],
)
def test_wrong_field_is_named_with_its_code(changed, expected):
    assert problems(GOOD | changed) == expected


def test_every_wrong_field_is_named_at_once():
    assert problems({"title": "", "kind": "x", "sites": 5, "more": 1}) == {
        "title": "required",
        "kind": "not-a-choice",
        "main_site": "required",
        "sites": "not-a-list",
        "start": "required",
        "end": "required",
        "more": "unknown-field",
    }


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"title": "", "end": GOOD["start"], "sites": []},
            {"title": "required", "end": "end-before-start", "sites": "required"},
        ),
        (
            {"start": "mai", "groups": 5, "sites": []},
            {"start": "bad-time", "groups": "not-a-list"},
        ),
    ],
)
def test_what_two_fields_say_together_is_told_beside_other_mistakes(changed, expected):
    """Of a field that cannot be read nobody says that it does not fit another one."""
    assert problems(GOOD | changed) == expected


@pytest.mark.parametrize("body", [[], "x", 5, None, [GOOD]])
def test_body_that_is_no_object_is_refused(body):
    assert problems(body) == {"body": "not-an-object"}


def test_too_many_sites_by_groups_are_refused():
    with pytest.raises(BadForm) as caught:
        parse_form(WishBody, GOOD).wish(UnitId(7), frozenset(map(SiteId, range(1, 5002))))

    assert {name: one.code for name, one in caught.value.problems.items()} == {"sites": "too-many"}


def test_changes_keep_the_other_end_of_the_time():
    before = parse_form(WishBody, GOOD).wish(UnitId(7), frozenset()).period

    changes = parse_form(ChangesBody, {"end": "2026-11-25T11:00:00+07:00"}).changes(
        before, frozenset()
    )

    assert changes.period is not None
    assert changes.period.start == before.start
    assert changes.period.end == before.end + timedelta(hours=1)
    assert changes.sites is None


def test_changes_that_turn_the_time_around_are_refused():
    before = parse_form(WishBody, GOOD).wish(UnitId(7), frozenset()).period

    with pytest.raises(BadForm) as caught:
        parse_form(ChangesBody, {"end": "2026-11-25T07:00:00+07:00"}).changes(before, frozenset())

    assert caught.value.problems["end"].code == "end-before-start"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no",
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 01}',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ],
)
def test_what_is_no_json_is_refused(body):
    with pytest.raises(BadRequest):
        parse(body)


def test_name_given_twice_is_refused():
    with pytest.raises(BadForm) as caught:
        parse(b'{"title": "a", "title": "b"}')

    assert caught.value.problems["title"].code == "repeated"


def test_many_names_given_twice_cost_little():
    body = "{" + ",".join(f'"{n}":1,"{n}":2' for n in range(40_000)) + "}"

    with pytest.raises(BadForm):
        parse(body.encode())


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_json_reads_what_was_written(value):
    small = json.dumps(value)

    assert json.dumps(parse(small.encode())) == small or "0" * 20 in small or len(small) > 20


@given(st.integers(min_value=10**30, max_value=10**40))
def test_endless_numbers_fit_no_field(number):
    assert parse(b'{"site": %d}' % number)["site"] > 2**63


@pytest.mark.parametrize("number", [b"9" * 5_000, b"-" + b"9" * 5_000])
def test_numbers_too_long_to_count_are_read_at_once(number):
    assert abs(parse(number)) == 10**20


@pytest.mark.parametrize("text", ["Họp", "👩‍🏫", "ผู้", "Ư 1/2 – “x”"])
def test_real_text_is_plain(text):
    assert is_plain(text)


@pytest.mark.parametrize("code", [0x00, 0x1B, 0x7F, 0x85, 0x202A, 0x2066, 0x200F, 0x2028, 0xFEFF])
def test_controls_are_not_plain(code):
    assert not is_plain(f"a{chr(code)}b")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("8h", "08:00"),
        ("08:00", "08:00"),
        ("8:05", "08:05"),
        ("8h30", "08:30"),
        ("8 giờ 30", "08:30"),
        ("8 giờ 30 phút", "08:30"),
        ("14 GIỜ", "14:00"),
        ("25h", None),
        ("8h75", None),
        ("8", None),
        ("", None),
        ("٨h", None),
    ],
)
def test_times_are_read_as_people_type_them(typed, expected):
    found = read_time(typed)

    assert (f"{found:%H:%M}" if found else None) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("25/11/2026", "2026-11-25"),
        ("5/1/2027", "2027-01-05"),
        ("2026-11-25", "2026-11-25"),
        ("31/02/2026", None),
        ("25/11/26", None),
        ("", None),
    ],
)
def test_days_are_read_as_people_type_them(typed, expected):
    found = read_date(typed)

    assert (found.isoformat() if found else None) == expected


@pytest.mark.parametrize("model", [RestoreBody, ContactBody])
@pytest.mark.parametrize(
    ("day", "code"), [("25/11/2026", "bad-date"), ("1945-09-02", "far-date"), (7, "bad-date")]
)
def test_days_of_programs_are_refused_alike_everywhere(model, day, code):
    name = "date" if model is RestoreBody else "valid_from"

    with pytest.raises(BadForm) as caught:
        parse_form(model, {name: day})

    assert caught.value.problems[name].code == code


def test_page_and_api_read_the_same_wish():
    typed = MultiDict(
        title="Họp giao ban", kind="briefing", main_site="1", date="25/11/2026", start="8h"
    )
    typed["secrecy"] = "khong-mat"
    typed.extend([("end", "10:00"), ("sites", "1"), ("sites", "2"), ("chair", ""), ("host", "")])

    assert parse_wish_page(typed) == parse_form(WishBody, GOOD)


def test_page_names_times_as_they_were_typed():
    typed = MultiDict(title="", date="32/11/2026", start="", end="10 o'clock", main_site="x")

    with pytest.raises(BadForm) as caught:
        parse_wish_page(typed)

    assert {field: problem.code for field, problem in caught.value.problems.items()} == {
        "date": "bad-date",
        "start": "required",
        "end": "bad-clock-time",
        "title": "required",
        "kind": "not-a-choice",
        "main_site": "not-a-number",
        "sites": "required",
        "secrecy": "secrecy-unconfirmed",
    }


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        (" ", "required"),
        ("mai", "bad-date"),
        ("31/02/2026", "bad-date"),
        ("02/12/2126", "far-date"),
        ("2126-12-02", "far-date"),
        ("02/12/1926", "far-date"),
    ],
)
def test_a_day_that_is_not_taken_is_told_as_what_it_is(typed, code):
    assert (read_date(typed), date_problem(typed)) == (None, code)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("units?on=25/11/2026", "This is no day such as 2026-11-25."),
        ("report?first=2026-13", "This is no month such as 2026-11."),
    ],
)
async def test_programs_are_told_how_they_write_a_day(program, place, message):
    leader = await program("leader", headers={"Accept-Language": "en"})

    answer = await leader.get(f"/api/v1/{place}")

    assert answer.status == 422
    assert [one["message"] for one in (await answer.json())["errors"]] == [message]
