"""People of the directory service sign in with its password; everybody else as before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.makers import a_directory, a_person
from tests.web.ldap.test_joining import SECRETARIES, joined
from tests.web.test_sign_in import PASSWORD, form_of
from web.access import accounts
from web.access.passwords import Passwords
from web.checkup.ldap import look_at_ldap
from web.errors import BadCredentials, DirectoryDown, TooManyTries
from web.ldap.model import place_of
from web.ldap.proving import Prover
from web.store.credentials import save_password

NOW = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
HERE = "10.0.0.7"
OF_LAN = "mật khẩu của Lan"


@pytest.fixture(scope="module")
def passwords():
    pool = Passwords()
    yield pool
    pool.close()


@pytest.fixture
def prover_of(directory_service):
    """Make provers that are closed at the end."""
    made = []

    def make(**changed):
        made.append(Prover(directory_service.service(**changed)))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
async def people(conn, directory_service, passwords):
    """Lan of the directory service, who once had a password of ours, and a local administrator."""
    await a_directory(conn)
    await joined(conn, directory_service.service(groups=(SECRETARIES,)))
    lan = await conn.fetchval("SELECT id FROM people WHERE login = 'lan'")
    admin = await a_person(conn, login="admin.noi-bo")
    for person in (lan, admin.id):
        await save_password(conn, person, await passwords.hash(PASSWORD))


async def test_who_comes_from_the_service_is_proved_there(pool, passwords, people, prover_of):
    prover = prover_of()

    async def enter(login: str, password: str):
        return await accounts.sign_in(
            pool, passwords, login, password, address=HERE, now=NOW, prover=prover
        )

    assert await enter("LAN", OF_LAN)
    assert await enter("admin.noi-bo", PASSWORD)
    for login, password in (("lan", PASSWORD), ("lan", ""), ("admin.noi-bo", OF_LAN), ("*", "x")):
        with pytest.raises(BadCredentials):
            await enter(login, password)


async def test_wrong_passwords_of_the_service_are_throttled(pool, passwords, people, prover_of):
    prover, seen = prover_of(), []
    for _ in range(7):
        with pytest.raises((BadCredentials, TooManyTries)) as caught:
            await accounts.sign_in(
                pool, passwords, "lan", "sai", address=HERE, now=NOW, prover=prover
            )
        seen.append(caught.type)

    assert seen == [BadCredentials] * 5 + [TooManyTries] * 2


async def test_silent_service_says_so_and_local_people_still_come_in(
    pool, passwords, people, prover_of, conn
):
    prover = prover_of(places=(place_of("ldap://127.0.0.1:9"),))

    for _ in range(7):
        with pytest.raises(DirectoryDown):
            await accounts.sign_in(
                pool, passwords, "lan", OF_LAN, address=HERE, now=NOW, prover=prover
            )

    assert await accounts.sign_in(
        pool, passwords, "admin.noi-bo", PASSWORD, address=HERE, now=NOW, prover=prover
    )
    assert await conn.fetchval("SELECT max(failures) FROM throttles") == 0


class TestPages:
    """The program with a directory service that nobody answers for."""

    @pytest.fixture
    def settings(self, settings):
        places = (place_of("ldap://127.0.0.1:9"),)
        return settings.model_copy(update={"ldap_url": places, "ldap_base": "dc=hop"})

    async def test_page_says_that_the_service_is_silent(self, client_for, people):
        client, admin = await client_for(None), await client_for("admin")
        form = await form_of(client, "/sign-in") | {"login": "lan", "password": OF_LAN}

        answer = await client.post("/sign-in", data=form)
        said = await answer.text()

        assert (answer.status, "Dịch vụ thư mục" in said, 'value="lan"' in said) == (
            503,
            True,
            True,
        )
        assert "Retry-After" in answer.headers
        listed = await (await admin.get("/people")).text()
        place = listed.partition("Lò Thị Lan")[2].partition('action="')[2].partition('"')[0]
        link = await admin.post(place.rpartition("/")[0] + "/link")
        assert "mật khẩu của dịch vụ thư mục" in await link.text()


async def test_doctor_looks_at_the_service(directory_service):
    found = [
        await look_at_ldap(directory_service.service(**changed))
        for changed in (
            {},
            {"filter": "(uid=ai-do)"},
            {"password": "sai"},
        )
    ]

    assert [one.well for one in found] == [True, False, False]
    assert found[0].values == {"count": 4}
    assert "sai" not in str(found[2].values)
