"""The hall's page: how it is booked, and when it cannot be had; all of it without scripts."""

from __future__ import annotations

import re

from tests.makers import a_site

TERMS = "SELECT set_up_minutes, tear_down_minutes, line_id FROM sites WHERE id = $1"
BLACK = """
    SELECT to_char(lower(during) AT TIME ZONE 'Asia/Ho_Chi_Minh', 'DD/MM HH24:MI') AS starts,
           to_char(upper(during) AT TIME ZONE 'Asia/Ho_Chi_Minh', 'DD/MM HH24:MI') AS ends, reason
      FROM black_outs ORDER BY id
"""
LINE = """
    INSERT INTO lines (unit_id, name, name_key)
    SELECT unit_id, 'Kênh chung', 'kenh chung' FROM sites WHERE id = $1 RETURNING id
"""
MANY_LINES = """
    INSERT INTO lines (unit_id, name, name_key)
    SELECT s.unit_id, 'A' || n, 'a' || to_char(n, '0000')
      FROM sites s, generate_series(1, 1001) n WHERE s.id = $1
"""
BEGIN = "UPDATE black_outs SET during = tstzrange(now() - interval '1 hour', upper(during))"
FORM = {"from_day": "", "from_time": "", "until_day": "", "until_time": "", "reason": "Sửa điện"}


def version_of(text):
    return re.findall(r'name="version" value="(\d+)"', text)[0]


async def test_buffers_and_line_are_kept_and_shown(client_for, bridge, conn):
    secretary, site = await client_for("secretary"), (await a_site(conn)).id
    line, page = await conn.fetchval(LINE, site), f"/sites/{site}"
    form = {"set_up_minutes": "20", "tear_down_minutes": "", "line": str(line)}
    version = version_of(await (await secretary.get(page)).text())

    kept = await secretary.post(
        f"{page}/terms", data=form | {"version": version}, allow_redirects=False
    )
    late = await secretary.post(f"{page}/terms", data=form | {"version": version})
    wrong = await secretary.post(
        f"{page}/terms", data=form | {"set_up_minutes": "hai mươi", "version": version}
    )

    text, again = await (await secretary.get(page)).text(), await wrong.text()
    assert (kept.headers["Location"], late.status) == (f"{page}?said=terms-kept", 422)
    assert tuple(await conn.fetchrow(TERMS, site)) == (20, None, line)
    assert "<dd>Kênh chung</dd>" in text
    assert re.findall(r'id="([a-z_]+)-wrong"', again) == ["set_up_minutes"]
    assert 'value="hai mươi"' in again


async def test_a_hall_keeps_its_line_among_more_than_can_be_listed(client_for, bridge, conn):
    secretary, site = await client_for("secretary"), (await a_site(conn)).id
    line, page = await conn.fetchval(LINE, site), f"/sites/{site}"
    await conn.execute("UPDATE sites SET line_id = $1 WHERE id = $2", line, site)
    before = await (await secretary.get(page)).text()
    await conn.execute(MANY_LINES, site)

    text = await (await secretary.get(page)).text()
    listed = await (await secretary.get("/lines")).text()

    assert f'<option value="{line}" selected>Kênh chung</option>' in text
    assert ("1.000 đường truyền đầu tiên" in before, "1.000 đường truyền đầu tiên" in text) == (
        False,
        True,
    )
    assert ("A7<" in text, "A1001<" in text, "Xem thêm" in listed) == (True, False, True)


async def test_a_time_is_blacked_out_and_ended(client_for, bridge, conn):
    secretary, site = await client_for("secretary"), (await a_site(conn)).id
    page = f"/sites/{site}"
    day = {"from_day": "02/12/2098"}

    await secretary.post(f"{page}/black-outs", data=FORM | day)
    await secretary.post(
        f"{page}/black-outs",
        data=FORM | day | {"from_time": "8h", "until_day": "03/12/2098", "until_time": "17h30"},
    )
    text = await (await secretary.get(page)).text()
    places = re.findall(rf'action="({page}/black-outs/\d+/end)"', text)
    planned = [tuple(row) for row in await conn.fetch(BLACK)]
    await secretary.post(places[0])
    await conn.execute(BEGIN)
    await secretary.post(places[1])
    again = await secretary.post(places[1], allow_redirects=False)

    assert planned == [
        ("02/12 00:00", "03/12 00:00", "Sửa điện"),
        ("02/12 08:00", "03/12 17:30", "Sửa điện"),
    ]
    over = "SELECT count(*) FROM black_outs WHERE upper(during) <= now()"
    assert (await conn.fetchval(over), len(await conn.fetch(BLACK))) == (1, 1)
    assert again.status == 303


async def test_days_that_cannot_be_read_are_named_and_nothing_is_lost(client_for, bridge, conn):
    secretary, site = await client_for("secretary"), (await a_site(conn)).id
    typed = FORM | {"from_day": "31/02/2098", "from_time": "sáng", "until_day": "01/03/2098"}

    wrong = await (await secretary.post(f"/sites/{site}/black-outs", data=typed)).text()
    turned = await secretary.post(
        f"/sites/{site}/black-outs",
        data=FORM | {"from_day": "02/12/2098", "until_day": "01/12/2098", "reason": ""},
    )

    assert sorted(re.findall(r'id="([a-z_]+)-wrong"', wrong)) == ["from_day", "from_time"]
    assert ('value="31/02/2098"' in wrong, 'value="01/03/2098"' in wrong) == (True, True)
    found = re.findall(r'id="([a-z_]+)-wrong"', await turned.text())
    assert (turned.status, sorted(found)) == (422, ["reason"])
    assert await conn.fetch(BLACK) == []


async def test_others_read_it_and_change_nothing(client_for, bridge, conn):
    stranger, site = await client_for("secretary", unit="03158"), (await a_site(conn)).id
    own = await conn.fetchval(
        "SELECT s.id FROM sites s JOIN units u ON u.id = s.unit_id"
        " WHERE u.code = '03158' AND upper_inf(u.valid)"
    )
    other = site if site != own else site + 1

    text = await (await stranger.get(f"/sites/{other}")).text()
    refused = [
        await stranger.post(f"/sites/{other}/terms", data={"set_up_minutes": "5", "version": "1"}),
        await stranger.post(f"/sites/{other}/black-outs", data=FORM | {"from_day": "02/12/2098"}),
    ]

    assert f"/sites/{other}/terms" not in text
    assert [one.status for one in refused] == [403, 403]
