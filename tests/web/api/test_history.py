"""The history over HTTP: what changed, by whom; who was told is for the host only."""

from __future__ import annotations

from datetime import timedelta

from meetings.approval.versions import differences
from meetings.directory.officials import list_officials
from meetings.letters.inviting import history_of
from tests.makers import MONDAY_EIGHT, a_conference
from tests.web.api.conftest import booked

UNIT_OF = "SELECT u.code FROM units u JOIN sites s ON s.unit_id = u.id WHERE s.id = $1"

FORGET = "UPDATE conference_versions SET secretary = NULL, visibility = NULL, delegate_ids = NULL"
CHANGE = "UPDATE conferences SET version = 2, chair = 'x', secretary = 'Lò Văn A' WHERE id = $1"


async def test_every_version_says_what_changed_and_who_did_it(program, conn, sites):
    secretary, admin = await program("secretary"), await program("admin")
    conference = await booked(secretary, sites)
    address = f"/api/v1/conferences/{conference['id']}"
    await admin.patch(
        address, json={"title": "Khác", "sites": sites[:2]}, headers={"If-Match": "*"}
    )
    hall = await program("hall", unit=await conn.fetchval(UNIT_OF, sites[0]))

    told = [(await (await one.get(f"{address}/history")).json())["items"] for one in (admin, hall)]

    assert [(one["version"], one["by"], one["state"]) for one in told[0]] == [
        (1, "token:secretary-11", "confirmed"),
        (2, "token:admin-11", "confirmed"),
    ]
    assert told[0][1]["changes"] == [
        {"field": "title", "before": "Họp giao ban tháng 11", "after": "Khác"},
        {"field": "sites", "before": str(sites[2]), "after": ""},
    ]
    assert [one["told"] for one in told[1]] == [[], []]


async def test_the_page_names_programs_in_words(program, client_for, conn, sites):
    secretary, reader = await program("secretary"), await client_for("secretary")
    booked_by_token = await booked(secretary, sites)
    later = MONDAY_EIGHT + timedelta(days=3)
    async with conn.transaction():
        seeded = await a_conference(conn, start=later, by="program:demo")

    async def shown(number, lang):
        address = f"/conferences/{number}/history?lang={lang}"
        return await (await reader.get(address)).text()

    texts = [
        await shown(number, lang)
        for lang in ("vi", "en")
        for number in (booked_by_token["id"], seeded.id)
    ]

    said = (
        "chương trình secretary-11 (mã truy cập)",
        "chương trình (demo)",
        "the program secretary-11, by its token",
        "the program (demo)",
    )
    assert [words in text for words, text in zip(said, texts, strict=True)] == [True] * 4
    assert [raw for raw in ("token:", "program:") if any(raw in text for text in texts)] == []


async def test_delegates_secretary_and_visibility_are_told_of(program, conn, sites):
    secretary = await program("secretary")
    conference = await booked(secretary, sites)
    address = f"/api/v1/conferences/{conference['id']}"
    first, second = (one.id for one in (await list_officials(conn, on=MONDAY_EIGHT.date()))[1:3])
    for changes in (
        {"delegates": [first], "secretary": "Lò Văn A", "visibility": "open"},
        {"delegates": [second]},
    ):
        await secretary.patch(address, json=changes, headers={"If-Match": "*"})

    items = (await (await secretary.get(f"{address}/history")).json())["items"]

    assert [one["changes"] for one in items[1:]] == [
        [
            {"field": "secretary", "before": "", "after": "Lò Văn A"},
            {"field": "visibility", "before": "internal", "after": "open"},
            {"field": "delegates", "before": "", "after": str(first)},
        ],
        [{"field": "delegates", "before": str(first), "after": str(second)}],
    ]


async def test_what_was_not_kept_of_an_old_version_is_no_change(conn, sites, owner):
    conference = await a_conference(conn)
    await owner.execute(FORGET)
    await conn.execute(CHANGE, conference.id)

    [before, after], _ = await history_of(conn, conference.id)

    assert (before.secretary, after.secretary, after.delegates) == (None, "Lò Văn A", ())
    assert [one.field for one in differences(before, after)] == ["chair"]
