"""The first start: directory, keys, a way in for the administrator."""

from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from web.first_start import OtherKeys, prepare
from web.keyring.keyring import Keyring, new_key
from web.store.credentials import save_password
from web.store.installation import find_admin

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


async def test_an_empty_store_gets_its_directory_and_an_administrator(conn, keyring):
    secret = await prepare(conn, keyring, "dien-bien", NOW)

    grant = await conn.fetchrow(
        "SELECT g.role, u.code, p.login, p.password_hash"
        " FROM grants g JOIN units u ON u.id = g.unit_id JOIN people p ON p.id = g.person_id"
    )
    assert len(secret) == 43
    assert tuple(grant) == ("admin", "11", "admin", None)
    assert await conn.fetchval("SELECT count(*) FROM people") == 1


async def test_a_link_is_made_at_every_start_until_somebody_has_a_password(conn, keyring):
    first = await prepare(conn, keyring, "dien-bien", NOW)
    second = await prepare(conn, keyring, "dien-bien", NOW)
    admin = await find_admin(conn)
    assert admin is not None
    await save_password(conn, admin, "hash")

    third = await prepare(conn, keyring, "dien-bien", NOW)

    assert first != second
    assert third == ""
    assert await conn.fetchval("SELECT count(*) FROM people") == 1


async def test_without_a_directory_nobody_is_made_up(conn, keyring):
    with capture_logs() as said:
        assert await prepare(conn, keyring, "", NOW) == ""
    assert [line["log_level"] for line in said] == ["warning"]
    assert await conn.fetchval("SELECT count(*) FROM people") == 0


async def test_other_keys_are_refused_and_rotated_ones_are_not(conn, keyring):
    await prepare(conn, keyring, "", NOW)

    await prepare(conn, keyring.rotated(since=NOW, until=NOW), "", NOW)
    with pytest.raises(OtherKeys):
        await prepare(conn, Keyring((new_key(),)), "", NOW)
