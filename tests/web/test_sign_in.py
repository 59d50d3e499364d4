"""Signing in and out, the one-time link, and what guessers meet."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from meetings.audit import list_audit
from meetings.model import Role
from meetings.people.grants import grant
from meetings.store.enrolment import hold_people
from tests.web.conftest import a_person
from web.access import accounts
from web.access.passwords import MEMORY_KIB, Passwords, check_strength
from web.access.sessions import begin_session
from web.access.sign_in import safe_target
from web.access.throttling import Policy, Tries, judge
from web.database import transaction
from web.errors import BadCredentials, LinkUsed, LinkVoid, TooBusy, TooManyTries, WeakPassword
from web.store import sessions
from web.store.credentials import find_credentials, save_password

PASSWORD = "chín con trâu gặm cỏ"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HERE = "10.0.0.7"


@pytest.fixture(scope="module")
def passwords():
    pool = Passwords()
    yield pool
    pool.close()


@pytest.fixture
async def secretary(conn, directory, passwords):
    """Give a secretary's login."""
    person = await a_person(conn, "secretary")
    await save_password(conn, person, await passwords.hash(PASSWORD))
    return await conn.fetchval("SELECT login FROM people WHERE id = $1", person)


async def form_of(client, path: str) -> dict[str, str]:
    page = await (await client.get(path)).text()
    return {"csrf": page.split('name="csrf" value="')[1].split('"')[0]}


async def test_the_right_password_opens_a_session_and_leads_on(client_for, secretary):
    client = await client_for(None)
    form = await form_of(client, "/sign-in?next=/metrics")

    form |= {"login": secretary.upper(), "password": PASSWORD, "next": "/metrics"}
    answer = await client.post("/sign-in", data=form, allow_redirects=False)

    assert answer.status == 303
    assert answer.headers["Location"] == "/metrics"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("sid=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert (await client.get("/metrics")).status == 200


async def test_signing_in_again_gives_another_session(client_for, secretary):
    client = await client_for(None)
    seen = set()

    for _ in range(2):
        form = await form_of(client, "/sign-in")
        form |= {"login": secretary, "password": PASSWORD}
        answer = await client.post("/sign-in", data=form, allow_redirects=False)
        seen.add(answer.cookies["sid"].value)

    assert len(seen) == 2


@pytest.mark.parametrize(("login", "password"), [("nobody", PASSWORD), (None, "wrong")])
async def test_a_wrong_login_and_a_wrong_password_look_the_same(
    client_for, secretary, login, password
):
    client = await client_for(None)
    form = await form_of(client, "/sign-in")

    form |= {"login": login or secretary, "password": password}
    answer = await client.post("/sign-in", data=form)

    text = await answer.text()
    assert answer.status == 401
    assert text.replace(login or secretary, "X").count("Tên đăng nhập hoặc mật khẩu") <= 1
    assert PASSWORD not in text


async def test_signing_out_acts_at_once_everywhere(client_for, secretary, conn):
    client = await client_for("leader")

    answer = await client.post("/sign-out", allow_redirects=False)

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert (await client.get("/metrics")).status == 401
    assert await conn.fetchval("SELECT count(*) FROM sessions") == 0


async def test_five_tries_are_free_then_the_wait_doubles(pool, passwords, secretary):
    waits: list[float] = []
    now = NOW
    while len(waits) < 4:
        try:
            await accounts.sign_in(pool, passwords, secretary, "wrong", address=HERE, now=now)
        except TooManyTries as error:
            waits.append(error.wait.total_seconds())
            now += error.wait
        except BadCredentials:
            pass

    assert waits == [1, 2, 4, 8]
    assert await accounts.sign_in(pool, passwords, secretary, PASSWORD, address=HERE, now=now)


async def test_a_thousand_guesses_at_once_check_five_passwords(pool, passwords, secretary):
    checked = 0

    async def guess() -> None:
        nonlocal checked
        try:
            await accounts.sign_in(pool, passwords, secretary, "wrong", address=HERE, now=NOW)
        except BadCredentials:
            checked += 1
        except TooManyTries:
            pass

    async with asyncio.TaskGroup() as group:
        limit = asyncio.Semaphore(10)

        async def take() -> None:
            async with limit:
                await guess()

        for _ in range(200):
            group.create_task(take())

    assert checked == 5


async def test_guessers_elsewhere_do_not_lock_the_person_out(pool, passwords, secretary):
    for _ in range(7):
        with pytest.raises((BadCredentials, TooManyTries)):
            await accounts.sign_in(pool, passwords, secretary, "x", address="203.0.113.9", now=NOW)

    assert await accounts.sign_in(pool, passwords, secretary, PASSWORD, address=HERE, now=NOW)


async def test_one_address_tries_ten_logins_a_minute(pool, passwords, directory):
    outcomes = []
    for number in range(12):
        try:
            await accounts.sign_in(pool, passwords, f"who{number}", "x", address=HERE, now=NOW)
        except BadCredentials:
            outcomes.append("checked")
        except TooManyTries:
            outcomes.append("refused")

    assert outcomes == ["checked"] * 10 + ["refused"] * 2


async def test_a_whole_office_may_sign_in_within_a_minute(pool, passwords, secretary):
    for _ in range(12):
        assert await accounts.sign_in(pool, passwords, secretary, PASSWORD, address=HERE, now=NOW)


def test_tries_are_forgotten_after_a_while():
    minute = timedelta(minutes=1)
    policy = Policy(free=2, first=minute, longest=minute, memory=minute)
    fresh = Tries(failures=0, last_at=NOW, blocked_until=None)

    once, wait = judge(fresh, policy, NOW)
    twice, wait_twice = judge(once, policy, NOW)
    still, wait_thrice = judge(twice, policy, NOW + minute / 2)
    later, wait_later = judge(twice, policy, NOW + 2 * minute)

    nothing = timedelta()
    assert (wait, wait_twice, wait_thrice, wait_later) == (nothing, nothing, minute / 2, nothing)
    assert still == twice
    assert later == Tries(failures=1, last_at=NOW + 2 * minute, blocked_until=None)


@given(st.integers(0, 10**6))
def test_no_wait_is_longer_than_a_quarter_of_an_hour(failures):
    tries = Tries(failures=failures, last_at=NOW, blocked_until=None)

    after, _ = judge(tries, accounts.BY_LOGIN, NOW)

    assert (after.blocked_until or NOW) - NOW <= timedelta(minutes=15)


async def test_hashes_made_with_other_costs_are_renewed(pool, conn, passwords, secretary):
    weak = PasswordHasher(time_cost=2, memory_cost=8 * 1024, parallelism=1)
    found = await find_credentials(conn, secretary)
    assert found is not None
    await save_password(conn, found.person, weak.hash(PASSWORD))

    await accounts.sign_in(pool, passwords, secretary, PASSWORD, address=HERE, now=NOW)

    renewed = await find_credentials(conn, secretary)
    assert renewed is not None
    assert renewed.password_hash is not None
    assert f"m={MEMORY_KIB}," in renewed.password_hash


async def test_a_full_queue_is_said_at_once(passwords):
    waiting = [asyncio.create_task(passwords.matches(None, "x")) for _ in range(22)]
    await asyncio.sleep(0)

    with pytest.raises(TooBusy):
        await passwords.matches(None, "x")

    assert await asyncio.gather(*waiting) == [False] * 22


async def test_a_one_time_link_gives_a_password_once(client_for, conn):
    client = await client_for(None)
    admin = await a_person(conn, "admin")
    secret = await accounts.make_one_time_link(
        conn, admin, by="program:test", now=datetime.now(UTC)
    )
    path = f"/welcome/{secret}"

    form = await form_of(client, path)
    assert (await client.get(path)).status == 200
    form |= {"password": PASSWORD, "again": PASSWORD}
    answer = await client.post(path, data=form, allow_redirects=False)

    assert answer.status == 303
    assert (await client.get("/metrics")).status == 200
    assert (await client.get(path)).status == 410
    assert (await client.post(path, data=form)).status == 410
    rows = await conn.fetch(
        "SELECT actor, action FROM audit WHERE action LIKE 'person.%' ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [
        ("program:test", "person.invite"),
        (f"person:{admin}", "person.password"),
    ]


@pytest.mark.parametrize(
    ("password", "again"),
    [("short", "short"), (PASSWORD, PASSWORD + "x"), ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa")],
)
async def test_a_bad_choice_leaves_the_link_good(client_for, conn, password, again):
    client = await client_for(None)
    person = await a_person(conn, "admin")
    secret = await accounts.make_one_time_link(conn, person, by="x", now=datetime.now(UTC))
    path = f"/welcome/{secret}"
    form = await form_of(client, path)

    answer = await client.post(path, data=form | {"password": password, "again": again})

    assert answer.status == 422
    assert (await client.get(path)).status == 200


async def test_a_newer_link_ends_the_older(conn, directory):
    person = await a_person(conn, "admin")
    old = await accounts.make_one_time_link(conn, person, by="x", now=NOW)
    new = await accounts.make_one_time_link(conn, person, by="x", now=NOW)

    assert (await accounts.see_link(conn, new, NOW)).person == person
    for secret, moment in [(old, NOW), (new, NOW + timedelta(hours=24)), ("other", NOW)]:
        with pytest.raises(LinkUsed):
            await accounts.see_link(conn, secret, moment)


async def test_two_at_once_use_a_link_once(pool, conn, passwords, directory):
    person = await a_person(conn, "admin")
    secret = await accounts.make_one_time_link(conn, person, by="x", now=NOW)

    outcomes = await asyncio.gather(
        *(accounts.choose_password(pool, passwords, secret, PASSWORD, now=NOW) for _ in range(2)),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LinkUsed", "str"]


async def test_a_link_that_becomes_void_while_it_is_used_is_told_too(
    pool, conn, passwords, directory, monkeypatch
):
    person = await a_person(conn, "leader")
    secret = await accounts.make_one_time_link(conn, person, by="x", now=NOW)

    async def hash_meanwhile(password: str) -> str:
        over = await conn.fetchval("SELECT unit_id FROM grants WHERE person_id = $1", person)
        await grant(conn, person, Role.SECRETARY, over, by="x")
        return password

    monkeypatch.setattr(passwords, "hash", hash_meanwhile)
    with pytest.raises(LinkVoid):
        await accounts.choose_password(pool, passwords, secret, PASSWORD, now=NOW)

    told = await list_audit(conn, subject=f"person:{person}")
    assert [one.action for one in told][:1] == ["person.void-link"]


async def test_the_sixth_session_closes_the_oldest(conn, directory):
    person = await a_person(conn, "leader")
    for number in range(7):
        async with conn.transaction():
            await sessions.insert_session(
                conn,
                bytes([number]),
                person,
                now=NOW + timedelta(seconds=number),
                expires_at=NOW + timedelta(hours=10),
                most=5,
            )

    rows = await conn.fetch("SELECT hash FROM sessions ORDER BY created_at")
    assert [row["hash"] for row in rows] == [bytes([number]) for number in range(2, 7)]


async def test_nobody_waits_to_sign_in_while_people_are_brought_in(conn, pool, directory):
    person = await a_person(conn, "secretary")
    await conn.execute("SET lock_timeout = 100")
    async with transaction(pool) as holding:
        await hold_people(holding)

        assert await begin_session(conn, person, NOW)


@pytest.mark.parametrize(
    ("seen", "expires", "good"),
    [
        (timedelta(minutes=29), timedelta(hours=1), True),
        (timedelta(minutes=31), timedelta(hours=1), False),
        (timedelta(minutes=1), timedelta(seconds=-1), False),
    ],
)
async def test_a_session_ends_idle_or_old(conn, directory, seen, expires, good):
    person = await a_person(conn, "leader")
    await sessions.insert_session(
        conn, b"x", person, now=NOW - seen, expires_at=NOW + expires, most=5
    )

    found = await sessions.find_session(
        conn, b"x", now=NOW, idle_since=NOW - timedelta(minutes=30), day=NOW.date()
    )

    assert (found is not None) == good


async def test_a_change_of_rights_acts_at_once(client_for, conn):
    client = await client_for("leader")
    assert (await client.get("/metrics")).status == 200

    await conn.execute("DELETE FROM grants")

    assert (await client.get("/metrics")).status == 403


async def test_a_person_put_out_of_office_is_out_at_once(client_for, conn, pool):
    client = await client_for("leader")

    async with transaction(pool) as other:
        await other.execute("UPDATE people SET active = FALSE")

    assert (await client.get("/metrics")).status == 401


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x",
        "\\/evil",
        "evil",
        "",
        "///evil.example",
        "/\tevil",
    ],
)
def test_the_way_back_stays_on_this_site(address):
    assert safe_target(address) == "/"


def test_the_way_back_leads_where_one_was():
    assert safe_target("/conferences/12?tab=links") == "/conferences/12?tab=links"


@pytest.mark.parametrize(
    "password", ["x" * 11, "abc" * 86, "aaaabbbbccccdddd", "Vietnamvodich", "secretary99 là tôi"]
)
def test_weak_passwords_are_refused(password):
    with pytest.raises(WeakPassword):
        check_strength(password, login="secretary99")


def test_any_long_sentence_is_a_password():
    check_strength(PASSWORD, login="an")
