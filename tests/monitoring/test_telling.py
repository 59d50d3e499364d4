from datetime import timedelta

import pytest

from meetings.model import Role
from meetings.outbox import claim
from monitoring.letters import ENGLISH, VIETNAMESE, letter, reason
from monitoring.model import Health, Outcome, Result, TargetId
from monitoring.telling import tell_flips
from monitoring.watching import record
from tests.makers import a_directory, a_person, a_site, some_sites
from tests.monitoring.makers import MINUTE, NOON, a_device, a_result, only_target

LATER = NOON + timedelta(minutes=10)


async def letters(conn, now=LATER) -> list[tuple[str, str, str]]:
    messages = await claim(conn, now, MINUTE, limit=100)
    return [
        (message.recipient, message.payload["subject"], message.payload["text"])
        for message in messages
    ]


async def technician(conn, unit="11", role=Role.TECHNICIAN, locale="vi"):
    person = await a_person(conn, role, unit)
    email = f"{role.value}@{unit}.example"
    await conn.execute(
        "UPDATE people SET email = $2, locale = $3 WHERE id = $1", person.id, email, locale
    )
    return email


async def look(conn, target: int, found: str, begin=NOON) -> None:
    await record(conn, [a_result(x, begin + n * MINUTE, target) for n, x in enumerate(found, 1)])


@pytest.fixture
async def site(conn):
    await a_directory(conn)
    return await a_site(conn)


async def test_a_dead_hall_is_one_letter_to_its_technician(conn, site):
    email = await technician(conn)
    target = only_target(await a_device(conn, site.id))
    await look(conn, target, "uddd")

    assert await tell_flips(conn, LATER) == 1
    ((recipient, subject, text),) = await letters(conn)
    assert (recipient, subject) == (email, "1 điểm cầu mất kết nối")
    assert text == (
        "Xã Sín Thầu\n"
        "  - Sín Thầu, Codec: mất kết nối từ 12:04 30/11/2026 (thiết bị từ chối kết nối)\n\n"
        "Thư này do diemcau tự động gửi; xin đừng trả lời.\n"
    )


async def test_telling_twice_tells_once(conn, site):
    await technician(conn)
    await look(conn, only_target(await a_device(conn, site.id)), "ddd")

    assert await tell_flips(conn, LATER) == 1
    assert await tell_flips(conn, LATER) == 0
    assert len(await letters(conn)) == 1


async def test_one_cut_cable_is_one_letter(conn):
    await a_directory(conn)
    await technician(conn, locale="en")
    for site in await some_sites(conn, 45):
        await look(conn, only_target(await a_device(conn, site)), "uddd")
    await tell_flips(conn, LATER)
    ((_, subject, text),) = await letters(conn)

    assert subject == "Halls out of reach: 45"
    assert text.count("out of reach since 12:04 30/11/2026") == 45


async def test_flips_wait_until_it_is_quiet(conn, site):
    await technician(conn)
    await look(conn, only_target(await a_device(conn, site.id)), "ddd")
    flipped = NOON + 3 * MINUTE

    assert await tell_flips(conn, flipped + timedelta(seconds=19)) == 0
    assert await tell_flips(conn, flipped + timedelta(seconds=20)) == 1


async def test_up_for_the_first_time_is_no_news(conn, site):
    await technician(conn)
    await look(conn, only_target(await a_device(conn, site.id)), "u")

    assert await tell_flips(conn, LATER) == 0
    assert await letters(conn) == []
    assert await conn.fetchval("SELECT count(*) FROM flips WHERE told_at IS NULL") == 0


async def test_back_again_is_told_to_who_knew_it_was_down(conn, site):
    await technician(conn, locale="en")
    target = only_target(await a_device(conn, site.id))
    await look(conn, target, "ddd")
    await tell_flips(conn, LATER)
    await look(conn, target, "uu", LATER)
    await tell_flips(conn, LATER + timedelta(minutes=10))
    first, second = await letters(conn, LATER + timedelta(minutes=10))

    assert first[1] == "Halls out of reach: 1"
    assert second[1] == "Halls reached again: 1"
    assert second[2].splitlines() == [
        "Xã Sín Thầu",
        "  - Sín Thầu, Codec: reached again at 12:11 30/11/2026",
        "",
        "diemcau sent this by itself; please do not answer.",
    ]


async def test_a_gap_between_down_and_up_hides_neither(conn, site):
    await technician(conn)
    target = only_target(await a_device(conn, site.id))
    await look(conn, target, "ddd")
    await tell_flips(conn, LATER)
    night = NOON + timedelta(hours=8)
    await look(conn, target, "u", night)
    await tell_flips(conn, night + timedelta(minutes=5))

    assert [subject for _, subject, _ in await letters(conn, night + timedelta(hours=1))] == [
        "1 điểm cầu mất kết nối",
        "1 điểm cầu đã kết nối lại",
    ]


async def test_down_and_up_before_anybody_was_told_is_no_news(conn, site):
    await technician(conn)
    await look(conn, only_target(await a_device(conn, site.id)), "udddu" + "u")

    assert await tell_flips(conn, LATER) == 0


async def test_each_technician_hears_of_their_own_halls(conn):
    await a_directory(conn)
    first, second = await some_sites(conn, 2)
    for site in (first, second):
        await look(conn, only_target(await a_device(conn, site)), "ddd")
    code = await conn.fetchval(
        "SELECT u.code FROM sites s JOIN units u ON u.id = s.unit_id WHERE s.id = $1", first
    )
    local = await technician(conn, code)
    admin = await technician(conn, role=Role.ADMIN)
    await technician(conn, role=Role.LEADER)
    await a_person(conn, Role.TECHNICIAN)  # without an address

    assert await tell_flips(conn, LATER) == 2
    told = {recipient: subject for recipient, subject, _ in await letters(conn)}
    assert told == {local: "1 điểm cầu mất kết nối", admin: "2 điểm cầu mất kết nối"}


async def test_with_nobody_to_tell_flips_are_done_with(conn, site):
    await look(conn, only_target(await a_device(conn, site.id)), "ddd")

    assert await tell_flips(conn, LATER) == 0
    assert await conn.fetchval("SELECT count(*) FROM flips WHERE told_at IS NULL") == 0


async def test_the_demo_tells_nobody(conn, site):
    await technician(conn)
    await look(conn, only_target(await a_device(conn, site.id, demo=True)), "ddd")

    assert await tell_flips(conn, LATER) == 0
    assert await conn.fetchval("SELECT count(*) FROM flips WHERE told_at IS NULL") == 0


async def test_a_letter_and_its_marks_are_one(conn, site):
    await technician(conn)
    await look(conn, only_target(await a_device(conn, site.id)), "ddd")

    async def die_before_the_commit() -> None:
        async with conn.transaction():
            await tell_flips(conn, LATER)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await die_before_the_commit()
    assert await letters(conn) == []
    assert await tell_flips(conn, LATER) == 1


async def test_unseen_looks_are_never_told(conn, site):
    await technician(conn)
    target = TargetId(only_target(await a_device(conn, site.id)))
    unseen = [
        Result(target=target, at=NOON + n * MINUTE, outcome=Outcome.UNSEEN, reason="not-permitted")
        for n in range(10)
    ]
    await record(conn, unseen)

    assert await tell_flips(conn, LATER) == 0
    assert await conn.fetchval("SELECT state FROM watches") == Health.UNKNOWN


def test_both_languages_have_the_same_words():
    assert VIETNAMESE.keys() == ENGLISH.keys()
    assert "" not in (*VIETNAMESE.values(), *ENGLISH.values())


def test_reasons_are_words_in_both_languages():
    assert reason("http-503", VIETNAMESE) == "trang web báo lỗi 503"
    assert reason("http-503", ENGLISH) == "the web page said error 503"
    assert reason("what-nobody-knows", ENGLISH) == "what-nobody-knows"


def test_an_empty_letter_still_reads():
    assert letter([], "vi")["subject"] == "0 điểm cầu đã kết nối lại"
