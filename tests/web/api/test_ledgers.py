"""Files through the API and pages: what goes out comes in again as no change."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import date
from typing import Any

import pytest
from aiohttp import FormData

from meetings.audit import list_audit
from meetings.directory.finding import list_units
from meetings.directory.importing import shipped_rows
from meetings.directory.officials import add_official, officials_by_ids
from meetings.model import COMMUNE_KINDS, Role
from meetings.store.uids import insert_uid
from tests.makers import a_conference, a_person, a_site, a_unit
from tests.web.api.conftest import NOW
from tests.web.api.test_once import until_waiting
from tests.web.pages.conftest import hidden_in

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = {"csv": CSV, "xlsx": XLSX}
KINDS = ("units", "sites", "devices", "contacts", "officials", "conferences", "people")


WHEN = "02/12/2026 08:00,02/12/2026 10:00"


async def bring(client, kind: str, content: Any, *, dry=False, media=CSV):
    body = content.encode() if isinstance(content, str) else content
    answer = await client.post(
        f"/api/v1/import/{kind}?dry_run={str(dry).lower()}",
        data=body,
        headers={"Content-Type": media},
    )
    return answer.status, await answer.json()


def cells(body: Any) -> list[tuple[int, str, str]]:
    return [(one["line"], one["column"], one["code"]) for one in body["problems"]]


@pytest.fixture
async def stage(conn, program, bridge):
    """Something of every kind, with cells that look like formulas."""
    admin = await program("admin")
    site = await a_site(conn, "Sín Thầu")
    await a_conference(conn, title="=Họp giao ban", start=NOW.replace(day=30))
    await a_person(conn, Role.SECRETARY, "03158", name="+Lò Văn A")
    await admin.post(
        "/api/v1/contacts",
        json={
            "unit": "03158",
            "site": site.id,
            "duty": "on-call",
            "name": "+Trực",
            "phone": "+84 215 111",
            "email": "",
            "valid_from": "2026-01-01",
        },
    )
    await admin.post(
        "/api/v1/targets",
        json={
            "site": site.id,
            "device": "Codec",
            "probe": "tcp",
            "host": "10.1.2.3",
            "port": 5060,
        },
    )
    return admin


@pytest.mark.parametrize("ending", MEDIA)
@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_exported_imports_as_no_change(stage, conn, kind, ending):
    content = await (await stage.get(f"/api/v1/export/{kind}.{ending}")).read()
    entries = len(await list_audit(conn, limit=500))

    status, body = await bring(stage, kind, content, media=MEDIA[ending])

    assert (status, body["problems"]) == (200, [])
    assert (body["added"], body["changed"], body["differences"][1:2]) == (
        0,
        0,
        [one for one in body["differences"][1:2] if one["what"] == "same"],
    )
    assert body["unchanged"] > 0
    assert len(await list_audit(conn, limit=500)) == entries


async def test_halls_are_added_and_changed(stage, conn):
    site = await a_site(conn, "Sín Thầu")
    file = f"id,unit,name,phone\n{site.id},03158,Hội trường mới,0215 222\n,03160,Phòng họp 2,\n"

    tried = await bring(stage, "sites", file, dry=True)
    before = (await a_site(conn, "Sín Thầu")).name
    done = await bring(stage, "sites", file)

    assert tried == (200, done[1] | {"dry_run": True})
    assert (before, (await a_site(conn, "Sín Thầu")).name) == (site.name, "Hội trường mới")
    assert (done[1]["added"], done[1]["changed"]) == (1, 1)
    assert done[1]["differences"][0]["changes"] == [
        {"column": "name", "before": site.name, "after": "Hội trường mới"},
        {"column": "phone", "before": site.phone, "after": "0215 222"},
    ]


async def test_line_and_needs_of_a_hall_go_out_and_come_in_again(stage, conn):
    first, second = await a_site(conn, "Sín Thầu"), await a_site(conn, "Mường Nhé")
    line = {"unit": "11.stc", "name": "Kênh tỉnh", "sites": [first.id]}
    number = (await (await stage.post("/api/v1/lines", json=line)).json())["id"]
    needs = {"set_up_minutes": 30, "tear_down_minutes": 0}
    await stage.patch(f"/api/v1/sites/{first.id}", json=needs, headers={"If-Match": "*"})

    content = await (await stage.get("/api/v1/export/sites.csv")).text()
    [row] = [one for one in csv.DictReader(io.StringIO(content[1:])) if one["id"] == str(first.id)]
    assert (row["line"], row["set_up_minutes"], row["tear_down_minutes"]) == (
        f"#{number}",
        "30",
        "0",
    )
    head = "id,unit,name,line,set_up_minutes,tear_down_minutes\n"
    code = (await a_unit(conn, "03160")).code
    file = f"{second.id},{second.unit_code},{second.name},kênh tỉnh,15,0\n,{code},Phòng 2,,,5\n"
    status, told = await bring(stage, "sites", head + file)

    assert (status, told["added"], told["changed"]) == (200, 1, 1)
    assert told["differences"][0]["changes"] == [
        {"column": "line", "before": "", "after": f"#{number}"},
        {"column": "set_up_minutes", "before": "", "after": "15"},
        {"column": "tear_down_minutes", "before": "", "after": "0"},
    ]
    shown = await (await stage.get(f"/api/v1/sites/{second.id}")).json()
    assert (shown["line"]["id"], shown["set_up_minutes"], shown["tear_down_minutes"]) == (
        number,
        15,
        0,
    )
    assert (await bring(stage, "sites", head + file.partition("\n")[0]))[1]["unchanged"] == 1
    asked = "SELECT tear_down_minutes FROM sites WHERE name = 'Phòng 2'"
    assert await conn.fetchval(asked) == 5


async def test_hall_of_a_file_joins_no_line_of_others(program, stage, conn):
    line = {"unit": "11.stc", "name": "Kênh tỉnh", "sites": []}
    number = (await (await stage.post("/api/v1/lines", json=line)).json())["id"]
    commune = await program("admin", unit="03158")
    hall = (await a_site(conn, "Sín Thầu")).name
    file = f"unit,name,line,set_up_minutes\n03158,{hall},#{number},\n03158,{hall},#999999,\n"
    file += f"03158,{hall},Không có,\n03158,{hall},,481\n"

    status, told = await bring(commune, "sites", file)

    assert (status, cells(told)) == (
        422,
        [
            (2, "line", "forbidden"),
            (3, "line", "no-such-line"),
            (4, "line", "no-such-line"),
            (5, "set_up_minutes", "out-of-range"),
        ],
    )
    assert await conn.fetchval("SELECT count(*) FROM sites WHERE line_id IS NOT NULL") == 0


async def test_every_wrong_cell_is_named_and_nothing_is_written(stage, conn):
    status, body = await bring(
        stage,
        "contacts",
        "unit,duty,name,phone,email,hall\n"
        "03158,trực,Ai đó,0215,,\n"
        "99999,leader,Ai đó,0215,,\n"
        "03158,leader,,abc,không,\n"
        "03158,leader,Tốt,0215,,Không có\n"
        "03158,leader,Tốt,0215,,\n",
    )

    assert status == 422
    assert cells(body) == [
        (2, "duty", "not-a-choice"),
        (3, "unit", "unknown-unit"),
        (4, "email", "bad-address"),
        (4, "name", "required"),
        (4, "phone", "bad-form-of-text"),
        (5, "hall", "unknown-hall"),
    ]
    listed = await (await stage.get("/api/v1/contacts")).json()
    assert len(listed["items"]) == 1


async def test_file_of_units_shows_who_takes_in_whom(stage, conn):
    first, second = await a_unit(conn, "03158"), await a_unit(conn, "03160")
    file = (
        "code,name,kind,parent,valid_to,old_codes\n"
        f"03160,{second.name},commune,11,2027-01-01,\n03158,{first.name},commune,11,,03160\n"
    )

    status, told = await bring(stage, "units", file, dry=True)

    assert (status, told["changed"], told["problems"]) == (200, 2, [])
    assert [(one["label"], one["changes"]) for one in told["differences"]] == [
        ("03160 Xã Mường Nhé", []),
        ("03158 Xã Sín Thầu", [{"column": "old_codes", "before": "", "after": "03160"}]),
    ]


async def test_list_of_before_the_reform_without_days_renames_nobody(stage, conn, client_for):
    old = [
        f"{one.code},{one.name},{one.kind},{one.full_name},11"
        for one in shipped_rows("dien-bien")
        if one.valid_to and one.kind in COMMUNE_KINDS
    ]
    file = "\n".join(["code,name,kind,full_name,parent", *old])
    now = {one.code: one for one in await list_units(conn, on=NOW.date())}

    tried, looked = await bring(stage, "units", file, dry=True)
    refused, told = await bring(stage, "units", file)

    assert (len(old), tried, refused) == (129, 200, 422)
    assert told["problems"] == looked["problems"]
    assert {one["code"] for one in told["problems"]} == {"former-unit"}
    going = [one for one in told["problems"] if file.splitlines()[one["line"] - 1][:5] in now]
    assert [one["column"] for one in going].count("name") == 21
    first = next(one for one in going if one["value"] == "Phường Him Lam")
    assert first["message"] == (
        "đây là tên của đơn vị mang mã này trước ngày 01/07/2025; hãy ghi tên hiện nay "
        "(Phường Điện Biên Phủ), hoặc ghi thời gian của tên đó vào cột valid_from và valid_to"
    )
    form = FormData()
    form.add_field("file", file.encode(), filename="129.csv", content_type=CSV)
    page = await (await (await client_for("admin")).post("/import/units", data=form)).text()
    assert "Đây là tên của đơn vị mang mã này trước ngày 01/07/2025;" in page


async def test_official_who_would_end_before_they_began_is_named(stage, conn):
    unit = (await a_unit(conn, "03158")).id
    await add_official(conn, unit, title="Bí thư", since=date(2026, 11, 1), by="person:1")

    status, told = await bring(stage, "officials", "unit,title,valid_to\n03158,Bí thư,2026-10-01\n")

    assert (status, cells(told)) == (422, [(2, "valid_to", "end-before-start")])


async def test_officials_are_found_added_and_ended_by_a_file(stage, conn):
    unit = (await a_unit(conn, "11.stc")).id
    free = await add_official(conn, unit, title="Phó Giám đốc Sở", by="person:1")
    file = (
        "unit,title,name,rank,valid_to\n"
        "11.stc,Phó Giám đốc Sở,Lò Văn A,7,\n11.stc,Phó Giám đốc Sở,Lò Văn B,,\n"
        "11.stc,Chánh Văn phòng Sở,,,01/12/2026\n"
    )

    wrong = await bring(stage, "officials", file + "99999,X,,0,\n")
    done = await bring(stage, "officials", file.replace("01/12/2026", "2026-12-01"))
    again = await bring(stage, "officials", file.replace("01/12/2026", "2026-12-01"))

    assert cells(wrong[1]) == [
        (4, "valid_to", "bad-date"),
        (5, "rank", "out-of-range"),
        (5, "unit", "unknown-unit"),
    ]
    assert (done[1]["added"], done[1]["changed"], again[1]["unchanged"]) == (2, 1, 3)
    assert done[1]["differences"][0]["changes"] == [
        {"column": "name", "before": "", "after": "Lò Văn A"},
        {"column": "rank", "before": "100", "after": "7"},
    ]
    named = (await officials_by_ids(conn, [free.id]))[free.id]
    assert (named.label, named.version) == ("Phó Giám đốc Sở Lò Văn A", 2)


async def test_strange_columns_and_files_are_refused(stage):
    assert cells((await bring(stage, "sites", "unit,tên\n1,2\n"))[1]) == [
        (1, "name", "column-missing"),
        (1, "tên", "column-unknown"),
    ]
    status, body = await bring(stage, "sites", b"PK\x03\x04 nothing")
    assert (status, body["errors"][0]["field"], body["errors"][0]["code"]) == (
        422,
        "file",
        "no-workbook",
    )
    assert (await bring(stage, "sites", io.BytesIO(b"x" * (21 * 1024**2))))[0] == 413
    assert (await bring(stage, "sites", "{}", media="application/json"))[0] == 415


@pytest.mark.parametrize(
    ("content", "media", "code", "lang", "message"),
    [
        (b"not a zip", XLSX, "no-workbook", "vi", "Tệp không phải bảng Excel đọc được."),
        (
            b"not a zip",
            XLSX,
            "no-workbook",
            "en",
            "The file is no Excel workbook that can be read.",
        ),
        (
            b"a\n\xff",
            CSV,
            "not-utf-8",
            "en",
            "The file is not UTF-8. Save it as “CSV UTF-8” and try again.",
        ),
        (b"a\n" * 100_003, CSV, "too-many-rows", "en", "The file has more than 100,000 rows."),
    ],
    ids=["xlsx-vi", "xlsx-en", "encoding", "rows"],
)
async def test_file_that_is_no_table_is_told_in_words(program, content, media, code, lang, message):
    admin = await program("admin")

    answer = await admin.post(
        "/api/v1/import/units",
        data=io.BytesIO(content),
        headers={"Content-Type": media, "Accept-Language": lang},
    )

    assert answer.status == 422
    assert (await answer.json())["errors"] == [{"field": "file", "code": code, "message": message}]


async def test_page_tells_that_a_file_named_xlsx_is_no_workbook(client_for):
    admin = await client_for("admin")
    form = FormData()
    form.add_field("file", b"not a zip", filename="bad.XLSX", content_type=XLSX)

    answer = await admin.post("/import/units", data=form)

    assert answer.status == 422
    assert "Tệp không phải bảng Excel đọc được." in await answer.text()


async def test_each_row_of_conferences_is_a_wish(stage, conn):
    head = "title,kind,host,main_site,sites,start,end\n"
    good = "Họp {n},briefing,11.vpubnd,03158,03158;03160,{day}/12/2026 08:00,{day}/12/2026 10:00\n"
    rows = [good.format(n=1, day="02"), good.format(n=2, day="03")]
    clash = good.format(n=3, day="02")

    refused, told = await bring(stage, "conferences", head + "".join(rows) + clash)
    tried, _ = await bring(stage, "conferences", head + "".join(rows), dry=True)
    none = await (await stage.get("/api/v1/conferences?q=hop%201")).json()
    status, body = await bring(stage, "conferences", head + "".join(rows))

    assert (refused, cells(told)) == (422, [(4, "sites", "site-busy")])
    [clash] = told["problems"]
    assert (clash["value"], len(clash["alternatives"])) == ("03158;03160", 3)
    assert [(one["rule"], one["start"]) for one in clash["reasons"]] == [
        ("site-busy", "2026-12-02T01:00:00Z")
    ]
    assert len(clash["reasons"][0]["subjects"]) == 2
    assert (tried, none["items"]) == (200, [])
    assert (status, body["added"]) == (200, 2)
    _, warned = await bring(stage, "conferences", head + good.format(n=4, day="05"), dry=True)
    assert [one["rule"] for one in warned["differences"][0]["warnings"]] == ["day-off"]
    listed = await (await stage.get("/api/v1/conferences?q=hop%202")).json()
    assert [one["start"] for one in listed["items"]] == ["2026-12-03T01:00:00Z"]


async def test_every_wrong_cell_of_a_conference_is_named_at_once(stage):
    status, body = await bring(
        stage,
        "conferences",
        "title,kind,main_site,sites,chair_id,start,end,urgency\n"
        ",lạ,Ở đâu,03158; Ở đó,Không ai,mai,01/12/2126 07:00,gấp\n",
    )

    assert (status, cells(body)) == (
        422,
        [
            (2, "chair_id", "no-such-official"),
            (2, "end", "far-date"),
            (2, "kind", "not-a-choice"),
            (2, "main_site", "no-such-hall"),
            (2, "sites", "no-such-hall"),
            (2, "start", "bad-time"),
            (2, "title", "required"),
            (2, "urgency", "not-a-choice"),
        ],
    )


async def test_what_a_conference_holds_goes_out_and_comes_in_again(stage, conn):
    unit = (await a_unit(conn, "11.stc")).id
    titles = ("Chủ tịch", "Phó Chủ tịch", "Chánh Thanh tra")
    chair, *others = [(await add_official(conn, unit, title=one, by="test")).id for one in titles]
    held = {
        "kind": "review",
        "chair": "Đồng chí Chủ tịch",
        "chair_id": chair,
        "secretary": "Văn phòng",
        "delegates": others,
        "visibility": "open",
        "urgency": "very-urgent",
        "note": "Mang tài liệu",
    }
    site = (await a_site(conn, "Sín Thầu")).id
    times = {"start": "2026-12-02T08:00:00+07:00", "end": "2026-12-02T10:00:00+07:00"}
    wish = {"title": "Họp kín", "host": "11.stc", "main_site": site, "sites": [site]}
    booked = await stage.post("/api/v1/conferences", json=held | wish | times)
    assert booked.status == 201, await booked.text()

    content = await (await stage.get("/api/v1/export/conferences.csv")).text()
    [row] = [one for one in csv.DictReader(io.StringIO(content[1:])) if one["title"] == "Họp kín"]
    text, row["id"] = io.StringIO(), ""
    row["start"], row["end"] = "03/12/2026 08:00", "03/12/2026 10:00"
    row["delegates"] = f"#{others[0]}; chánh thanh tra"
    writer = csv.DictWriter(text, row.keys())
    writer.writeheader()
    writer.writerow(row)
    status, told = await bring(stage, "conferences", text.getvalue())

    assert (status, told["added"]) == (200, 1)
    listed = await (await stage.get("/api/v1/conferences?from=2026-12-03T00:00:00Z")).json()
    [again] = [one for one in listed["items"] if one["title"] == "Họp kín"]
    assert {name: again[name] for name in held} == held


async def test_official_of_a_row_who_is_not_there_or_taken_is_named_in_its_column(stage, conn):
    unit = (await a_unit(conn, "11.stc")).id
    chair = (await add_official(conn, unit, title="Chủ tịch", by="test")).id
    head = "title,kind,host,sites,start,end,chair_id,delegates\n"
    row = "Họp,briefing,11.stc,{site}," + WHEN + ",{chair},{delegates}\n"
    file = head + row.format(site="03158", chair=f"#{chair}", delegates="")
    file += row.format(site="03160", chair="Không ai", delegates="")
    file += row.format(site="03160", chair="", delegates="#77777")
    file += row.format(site="03160", chair="#77777", delegates="")
    file += row.format(site="03160", chair=f"#{chair}", delegates="")
    file += row.format(site="03160", chair="", delegates=f"#{chair}")

    status, told = await bring(stage, "conferences", file)

    assert (status, cells(told)) == (
        422,
        [
            (3, "chair_id", "no-such-official"),
            (4, "delegates", "officials-not-found"),
            (5, "chair_id", "officials-not-found"),
            (6, "chair_id", "official-busy"),
            (7, "delegates", "official-busy"),
        ],
    )


async def test_title_that_is_too_long_is_told_with_its_bound_in_words(stage):
    file = f"title,kind,sites,start,end\n{'x' * 301},briefing,03158,{WHEN}\n"

    _, told = await bring(stage, "conferences", file)

    [wrong] = told["problems"]
    assert (wrong["code"], wrong["message"]) == ("too-long", "Chỉ nhập được tối đa 300 ký tự.")


async def test_known_conferences_are_not_moved_by_a_file(stage):
    content = await (await stage.get("/api/v1/export/conferences.csv")).read()
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    rows[1][rows[0].index("end")] = "30/11/2026 23:00"
    text = io.StringIO()
    csv.writer(text).writerows(rows)

    status, body = await bring(stage, "conferences", text.getvalue())

    assert (status, cells(body)) == (422, [(2, "end", "change-on-page")])


@pytest.mark.parametrize(
    ("column", "day", "code"),
    [("valid_to", "2026-11-25", "hall-in-use"), ("valid_from", "2026-11-30", "hall-needed")],
)
async def test_hall_that_is_invited_neither_ends_before_nor_begins_after(
    stage, conn, column, day, code
):
    held = await a_conference(conn, start=NOW.replace(day=29))
    row = await conn.fetchrow(
        "SELECT s.id, u.code, s.name FROM sites s JOIN units u ON u.id = s.unit_id WHERE s.id = $1",
        held.main_site,
    )
    file = f"id,unit,name,{column}\n{row['id']},{row['code']},{row['name']},{day}\n"

    status, body = await bring(stage, "sites", file)

    assert (status, cells(body)) == (422, [(2, column, code)])


async def test_commune_brings_in_its_own_only(program, stage):
    commune = await program("admin", unit="03158")

    assert (await bring(commune, "sites", "unit,name\n03160,Phòng 9\n"))[0] == 422
    assert (await bring(commune, "sites", "unit,name\n03158,Phòng 9\n"))[0] == 200
    assert cells((await bring(commune, "units", "code,name,kind\n03158,X,xã\n"))[1]) == [
        (2, "code", "forbidden")
    ]
    exported = await (await commune.get("/api/v1/export/sites.csv")).text()
    assert ("03158" in exported, "03160" in exported) == (True, False)


async def test_page_shows_a_file_and_brings_in_that_very_one(client_for, bridge, conn):
    admin = await client_for("admin")

    def form(text: str) -> FormData:
        data = FormData()
        data.add_field("file", text.encode(), filename="x.csv", content_type=CSV)
        return data

    shown = await admin.post("/import/sites", data=form("unit,name\n03158,Phòng họp 2\n"))
    page = await shown.text()
    digest = page.partition('name="digest" value="')[2][:64]
    other = await admin.post("/import/sites/confirm", data={"digest": "0" * 64})
    done = await admin.post("/import/sites/confirm", data={"digest": digest})
    wrong = await admin.post("/import/sites", data=form("unit,name\n99999,Phòng\n"))
    none = await admin.post("/import/sites", data=form(""))

    assert (shown.status, "Phòng họp 2" in page) == (200, True)
    assert (other.status, done.status, wrong.status, none.status) == (422, 200, 422, 422)
    assert await conn.fetchval("SELECT count(*) FROM sites WHERE name = 'Phòng họp 2'") == 1
    assert await conn.fetchval("SELECT count(*) FROM import_files") == 1
    people = form("login,name,unit,roles,active\nlan,Lan,11,secretary@11,1\n")
    guessed = await (await admin.post("/import/people", data=people)).text()
    long = form("unit,name,set_up_minutes\n03158,Phòng họp 3,600\n")
    too_long = await (await admin.post("/import/sites", data=long)).text()
    assert "Chỉ ghi một trong các giá trị: yes, no." in guessed
    assert "Số này không được quá 480." in too_long


async def test_file_is_brought_in_against_warnings_only_when_those_were_shown(
    client_for, bridge, conn
):
    admin = await client_for("admin")
    head = "title,kind,host,sites,start,end\n"
    rows = [
        f"Họp {n},briefing,11.vpubnd,03158,02/12/2099 {start},02/12/2099 {end}\n"
        for n, (start, end) in enumerate((("08:00", "09:00"), ("09:05", "10:00")))
    ]
    data = FormData()
    data.add_field("file", (head + "".join(rows)).encode(), filename="x.csv", content_type=CSV)

    seen = await (await admin.post("/import/conferences", data=data)).text()
    await conn.execute(DAY_OFF)
    confirm = "/import/conferences/confirm"
    asked = await admin.post(confirm, data=hidden_in(seen), allow_redirects=False)
    told = await asked.text()
    count = await conn.fetchval("SELECT count(*) FROM conferences")
    done = await admin.post(confirm, data=hidden_in(told), allow_redirects=False)

    assert ("Họp 0" in seen, "Ngày truyền thống" in seen) == (True, False)
    assert (asked.status, count, done.status) == (409, 0, 303)
    assert ("chưa được xem" in told, "Ngày truyền thống" in told) == (True, True)
    kept = "SELECT count(*) FROM conference_warnings WHERE rule = 'day-off'"
    assert await conn.fetchval(kept) == 2


DAY_OFF = """
    INSERT INTO calendar_days (day, kind, name)
    VALUES ('2099-12-02', 'holiday', 'Ngày truyền thống')
"""


async def test_halls_that_cannot_be_are_wrong_cells(stage, conn):
    site = await a_site(conn, "Sín Thầu")
    await bring(stage, "sites", "unit,name\n03158,Phòng 2\n")

    status, body = await bring(
        stage,
        "sites",
        f"id,unit,name,valid_to\n{site.id},03158,Phòng 2,\n,03158,Phòng 3,2020-01-01\n"
        "7777777,03158,Phòng 4,\n,03158,Phòng 2,2030-01-01\n",
    )

    assert (status, cells(body)) == (
        422,
        [
            (2, "name", "hall-name-taken"),
            (3, "valid_to", "end-before-start"),
            (4, "id", "unknown-record"),
        ],
    )


ICS = "text/calendar"
EVENT = (
    "BEGIN:VEVENT\nUID:{uid}\nSUMMARY:Họp {uid}\nDTSTART:202612{day}T010000Z\n"
    "DTEND:202612{day}T030000Z\nLOCATION:{place}\n{more}END:VEVENT\n"
)


def an_event(uid, day="02", place="Sín Thầu; 03160", more=""):
    return EVENT.format(uid=uid, day=day, place=place.replace(";", "\\;"), more=more)


def a_calendar(*events):
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{''.join(events)}END:VCALENDAR\n"


async def test_calendar_comes_in_once_however_often_it_is_brought(stage):
    file = a_calendar(an_event("a@tw"), an_event("b@tw", day="03"))

    tried, would = await bring(stage, "conferences", file, media=ICS, dry=True)
    status, body = await bring(stage, "conferences", file, media=ICS)
    _, again = await bring(stage, "conferences", file, media=ICS)
    moved = a_calendar(an_event("a@tw", day="04"))
    refused, told = await bring(stage, "conferences", moved, media=ICS)
    [made] = (await (await stage.get("/api/v1/conferences?q=hop%20a")).json())["items"]
    own = await (await stage.get(f"/api/v1/conferences/{made['id']}.ics")).text()
    _, known = await bring(stage, "conferences", own, media=ICS)

    assert (tried, would["added"], status, body["added"]) == (200, 2, 200, 2)
    assert (again["added"], again["unchanged"]) == (0, 2)
    assert (refused, cells(told)) == (
        422, [(3, "end", "change-on-page"), (3, "start", "change-on-page")],
    )  # fmt: skip
    assert (made["start"], len(made["sites"])) == ("2026-12-02T01:00:00Z", 2)
    assert (known["added"], known["unchanged"]) == (0, 1)


async def test_events_that_cannot_be_booked_are_named_by_their_lines(stage):
    file = a_calendar(
        an_event("a@tw", more="RRULE:FREQ=WEEKLY;COUNT=3\n"),
        an_event("b@tw", day="03", more="STATUS:CANCELLED\n"),
    )
    rows = a_calendar(
        an_event("c@tw", day="04", place="Sín Thầu; Phòng ở đâu đó"),
        an_event("d@tw", day="05"),
        an_event("d@tw", day="06"),
    )

    status, body = await bring(stage, "conferences", file, media=ICS)
    _, second = await bring(stage, "conferences", rows, media=ICS)
    lying, told = await bring(stage, "conferences", "title,kind\n", media=ICS)
    elsewhere, _ = await bring(stage, "units", file, media=ICS)

    assert (status, cells(body)) == (
        422, [(3, "rrule", "event-repeats"), (11, "status", "event-cancelled")],
    )  # fmt: skip
    assert cells(second) == [(3, "sites", "no-such-hall"), (17, "uid", "repeated")]
    assert second["problems"][0]["value"] == "Phòng ở đâu đó"
    assert (lying, told["errors"][0]["code"], elsewhere) == (422, "no-calendar", 415)


async def test_an_event_that_another_brings_meanwhile_is_not_booked_twice(stage, conn, pool):
    async with pool.acquire() as other, other.transaction():
        first = await a_conference(other, start=NOW.replace(day=28))
        await insert_uid(other, first.id, "a@tw")
        bringing = asyncio.create_task(
            bring(stage, "conferences", a_calendar(an_event("a@tw")), media=ICS)
        )
        await until_waiting(conn)
    status, body = await bringing

    assert (status, cells(body)) == (422, [(3, "uid", "repeated")])
    assert await conn.fetchval("SELECT count(*) FROM conferences") == 2


async def test_page_takes_a_calendar_and_tells_one_that_lies(client_for, bridge):
    secretary = await client_for("secretary")
    good, lie = FormData(), FormData()
    good.add_field("file", a_calendar(an_event("a@tw")).encode(), filename="lich.ics")
    lie.add_field("file", b"title,kind\n", filename="lich.ICS")

    shown = await secretary.post("/import/conferences", data=good)
    told = await secretary.post("/import/conferences", data=lie)

    assert (shown.status, "Họp a@tw" in await shown.text()) == (200, True)
    assert (told.status, 'id="file-conferences-wrong"' in await told.text()) == (422, True)


async def test_page_says_why_a_row_cannot_be_booked_and_what_would_work(client_for, bridge):
    secretary, posted = await client_for("secretary"), FormData()
    rows = "".join(f"Họp {n},briefing,11.vpubnd,03158;03160,{WHEN}\n" for n in (1, 2))
    posted.add_field("file", f"title,kind,host,sites,start,end\n{rows}".encode(), filename="a.csv")

    shown = await secretary.post("/import/conferences", data=posted)

    text = await shown.text()
    assert shown.status == 422
    assert "Văn phòng UBND tỉnh (Họp 1) đã đặt, 08:00 – 10:00, 02/12." in text
    assert "02/12/2026 · 13:00 – 15:00" in text


async def test_all_that_is_planned_goes_out_and_comes_in_however_much(stage, conn, monkeypatch):
    monkeypatch.setattr("meetings.store.listing.AT_ONCE", 1)
    monkeypatch.setattr("web.ledgers.conferences.MOST_WISHES", 1)
    for hour in (9, 12):
        await a_conference(conn, title=f"Họp {hour}", start=NOW.replace(day=29, hour=hour))

    content = await (await stage.get("/api/v1/export/conferences.csv")).text()
    rows = list(csv.DictReader(io.StringIO(content[1:])))
    again = await bring(stage, "conferences", content)
    head = "title,kind,host,sites,start,end\n"
    more = await bring(stage, "conferences", head + f"Họp,briefing,11.stc,03158,{WHEN}\n" * 2)

    assert [row["title"] for row in rows] == ["Họp 9", "Họp 12", "'=Họp giao ban"]
    assert (again[0], again[1]["unchanged"]) == (200, 3)
    assert (more[0], cells(more[1])) == (422, [(3, "", "too-many-wishes")])
