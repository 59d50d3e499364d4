"""People, their grants, and the audit of both."""

from unicodedata import normalize

import asyncpg
import pytest

from meetings.audit import list_audit
from meetings.errors import LoginTaken, PersonNotFound
from meetings.model import Grant, PersonId, Role
from meetings.names import fold
from meetings.people.grants import (
    add_person,
    allow,
    disallow,
    grant,
    list_people,
    person_by_id,
    person_by_login,
    renew_feed,
    set_password_hash,
    withdraw,
)
from tests.makers import a_directory, a_person, a_unit


async def test_a_person_is_found_by_id_and_login(conn):
    await a_directory(conn)
    secretary = await a_person(conn, Role.SECRETARY, login="thu.ky")

    assert await person_by_id(conn, secretary.id) == secretary
    assert await person_by_login(conn, " Thu.Ky ") == secretary
    assert secretary.grants == {Grant(role=Role.SECRETARY, unit=(await a_unit(conn)).id)}


async def test_nobody_is_nobody(conn):
    assert await person_by_login(conn, "nobody") is None
    with pytest.raises(PersonNotFound):
        await person_by_id(conn, PersonId(404))


async def test_a_login_belongs_to_one_person(conn):
    await a_directory(conn)
    await a_person(conn, login="thu.ky")

    with pytest.raises(LoginTaken) as caught:
        await a_person(conn, login="thu.ky")

    assert caught.value.login == "thu.ky"


async def test_people_are_listed_by_given_name_within_a_subtree(conn):
    await a_directory(conn)
    health = (await a_unit(conn, "11.syt")).id
    names = ["Lò Văn Ánh", "Quàng Thị An", "Vàng A Dế"]
    for number, name in enumerate(names):
        await add_person(conn, login=f"p{number}", name=name, unit=health, by="program:test")
    await a_person(conn, Role.ADMIN)

    people = await list_people(conn, units=[health])

    assert [person.name for person in people] == ["Quàng Thị An", "Lò Văn Ánh", "Vàng A Dế"]
    assert await list_people(conn, units=[health], after=people[0].id, limit=1) == [people[1]]


async def test_people_are_found_without_diacritics(conn):
    await a_directory(conn)
    unit = (await a_unit(conn, "11.syt")).id
    names = ["Đặng Thị Ánh", "Lò Văn Đức", "Quàng Thị ƯỜNG"]
    for number, name in enumerate(names):
        decomposed = normalize("NFD", name) if number else name
        await add_person(conn, login=f"p{number}", name=decomposed, unit=unit, by="program:test")

    async def found(q: str) -> list[str]:
        return [one.login for one in await list_people(conn, units=[unit], q=q)]

    assert [await found(name) for name in names] == [["p0"], ["p1"], ["p2"]]
    assert [await found(fold(name)) for name in names] == [["p0"], ["p1"], ["p2"]]
    assert (await found("ĐƯC"), await found("p2"), await found("khong")) == (["p1"], ["p2"], [])


async def test_grants_are_given_and_withdrawn_with_one_audit_row_each(conn):
    await a_directory(conn)
    person = await a_person(conn)
    unit = (await a_unit(conn, "11.syt")).id

    for _ in range(2):
        await grant(conn, person.id, Role.LEADER, unit, by="person:9")
    given = (await person_by_id(conn, person.id)).grants
    for _ in range(2):
        await withdraw(conn, person.id, Role.LEADER, unit, by="person:9")

    assert given - person.grants == {Grant(role=Role.LEADER, unit=unit)}
    assert (await person_by_id(conn, person.id)).grants == person.grants
    actions = [entry.action for entry in await list_audit(conn, subject=f"person:{person.id}")]
    assert actions == ["person.withdraw", "person.grant", "person.add"]


async def test_a_person_can_be_disallowed_and_allowed(conn):
    await a_directory(conn)
    person = await a_person(conn)

    await disallow(conn, person.id, by="person:9")
    assert not (await person_by_id(conn, person.id)).active
    await allow(conn, person.id, by="person:9")
    assert await person_by_id(conn, person.id) == person


async def test_a_password_hash_reaches_no_audit_row(conn):
    await a_directory(conn)
    person = await a_person(conn)

    await set_password_hash(conn, person.id, "$argon2id$secret", by=f"person:{person.id}")

    assert await conn.fetchval("SELECT password_hash FROM people") == "$argon2id$secret"
    assert "argon2id" not in str(await list_audit(conn))


async def test_a_feed_address_can_be_renewed(conn):
    await a_directory(conn)
    person = await a_person(conn)

    assert await renew_feed(conn, person.id, by="person:9") == 2


async def test_the_audit_is_read_by_subtree_and_page(conn):
    await a_directory(conn)
    await a_person(conn, unit="11.syt", login="a")
    await a_person(conn, unit="11.snv", login="b")
    health = (await a_unit(conn, "11.syt")).id

    whole = await list_audit(conn)
    own = await list_audit(conn, units=[health])

    assert [entry.detail["login"] for entry in own] == ["a"]
    assert await list_audit(conn, before=whole[0].id, limit=1) == [whole[1]]


async def test_the_audit_cannot_be_altered(conn):
    await a_directory(conn)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.execute("UPDATE audit SET actor = 'nobody'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.execute("DELETE FROM audit")
