import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP

from bridges.spooling.spool import Spool
from tests.web.test_backup import settings_of
from web.checkup.examining import examine
from web.checkup.inside import judge_fingerprint, judge_messages, judge_server
from web.checkup.local import judge_keys, look_at_spools
from web.commands.doctor import line
from web.embedded.cluster import Cluster
from web.i18n import FOLDER, load_catalogue
from web.keyring import key_file
from web.keyring.keyring import Keyring, new_key
from web.settings import Settings, wanted_language
from web.stores import bring_up_to_date, owned_store

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


async def a_quiet_store(folder: Path, **more: str) -> Settings:
    """Make a store that is well, with a receiver's port that nobody listens on."""
    settings = settings_of(folder, DIEMCAU_RECEIVER_PORT="9", **more)
    async with owned_store(settings) as store:
        await bring_up_to_date(store)
        key_file.load_or_create(settings.keys_file, may_create=True)
    return settings


async def broken_parts(settings: Settings) -> list[str]:
    return [finding.part async for finding in examine(settings) if not finding.well]


async def test_doctor_finds_only_the_receiver_of_a_stopped_service(scratch: Path) -> None:
    settings = await a_quiet_store(scratch / "data")

    assert await broken_parts(settings) == ["receiver"]


async def test_doctor_names_everything_on_an_empty_machine(scratch: Path) -> None:
    settings = settings_of(
        scratch / "data",
        DIEMCAU_RECEIVER_PORT="9",
        DIEMCAU_DATABASE_URL=f"postgresql://x@/x?host={scratch}",
        DIEMCAU_SMTP_URL="smtp://127.0.0.1:9",
    )

    assert await broken_parts(settings) == ["data folder", "keys", "database", "receiver", "mail"]


async def test_doctor_names_the_way_from_another_major(scratch: Path) -> None:
    settings = await a_quiet_store(scratch / "data")
    (scratch / "data" / "cluster" / "data" / "PG_VERSION").write_text("16\n")

    findings = [finding async for finding in examine(settings) if finding.part == "database"]

    assert [(found.well, found.values["found"]) for found in findings] == [(False, "16")]


async def test_doctor_names_a_schema_that_is_behind(
    scratch: Path, cluster: Cluster, empty_database_name: str
) -> None:
    settings = settings_of(
        scratch / "data",
        DIEMCAU_RECEIVER_PORT="9",
        DIEMCAU_DATABASE_URL=cluster.url("diemcau_owner", empty_database_name),
    )

    assert "schema" in await broken_parts(settings)


async def test_doctor_asks_the_mail_server(scratch: Path) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(object()), "127.0.0.1", 0)
    async with server:
        url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        settings = await a_quiet_store(scratch / "data", DIEMCAU_SMTP_URL=url)
        parts = await broken_parts(settings)

    assert parts == ["receiver"]


async def test_doctor_counts_events_and_not_the_space_ahead_of_them(tmp_path: Path) -> None:
    async with Spool(tmp_path / "events") as spool:
        for _ in range(3):
            await spool.append(bytes(1000) + b"{}")

        finding = look_at_spools(tmp_path)

    assert (finding.well, finding.values) == (True, {"depth": 3030 // 1024})
    assert look_at_spools(tmp_path) == finding


def test_doctor_judges_the_server() -> None:
    assert judge_server(180004, []).well
    assert not judge_server(140010, []).well
    assert judge_server(180004, ["fsync"]).values == {"settings": "fsync"}


def test_doctor_judges_keys_and_messages(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    ring = key_file.load_or_create(settings.keys_file, may_create=True)

    assert judge_fingerprint(settings, ring.fingerprint()).well
    assert not judge_fingerprint(settings, "0" * 16).well
    assert judge_messages(0).well
    assert not judge_messages(3).well


def test_doctor_tells_of_a_rotation_and_of_a_key_that_outlived_it(tmp_path: Path) -> None:
    ring = Keyring((new_key(),)).rotated(since=NOW, until=NOW + timedelta(days=30))
    path, day = tmp_path / "keys.json", timedelta(days=1)

    under_way, just_over, forgotten = (
        judge_keys(path, ring, NOW + after) for after in (day, 30 * day, 31 * day)
    )

    assert (under_way.well, just_over.well, forgotten.well) == (True, True, False)
    assert under_way.values["moment"] == "08:00 23/12/2026"
    assert forgotten.values["name"] == ring.fingerprints()[1]


def test_doctor_speaks_both_languages() -> None:
    finding = judge_messages(3)

    english, vietnamese = (line(finding, load_catalogue(FOLDER, name)) for name in ("en", "vi"))

    assert english == "✗ messages: 3 messages could not be sent and were given up"
    assert vietnamese.startswith("✗ ")
    assert " 3 " in vietnamese
    assert vietnamese != english


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, ""),
        ({}, ""),
    ],
)
def test_language_follows_the_environment(environ: dict[str, str], language: str) -> None:
    assert wanted_language(environ) == language
