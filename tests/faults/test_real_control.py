"""Commands to a real Prosody with Jitsi's own modules: who is out, what ended, whom it calls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from aiohttp.test_utils import TestServer

from bridges.control.actions import Action
from bridges.control.controlling import ask, carry_out
from bridges.control.reconciling import send_out
from bridges.entry.passes import KnownBridge
from bridges.entry.snapshot import known_bridges
from bridges.errors import BridgeSilent
from bridges.inspection.checking import check
from bridges.inspection.inspecting import takes_token
from bridges.jitsi import events, prosody
from bridges.jitsi.keys import new_private_key
from bridges.jitsi.replies import Answer
from bridges.jitsi.rosters import command_token
from bridges.jitsi.tokens import Entry, entry_claims, sign
from bridges.model import BridgeKind, BridgeSecrets, NewBridge, Room
from bridges.presence.evidence import Row
from bridges.receiving.draining import record_evidence
from bridges.registered.registry import add_bridge
from bridges.store.actions import list_actions
from meetings.links.invitations import make_links, revoke_link
from meetings.model import Conference, SiteId
from meetings.store import Connection
from tests.bridges.makers import a_room, a_seal
from tests.faults.jitsi_server import DOMAIN, Jitsi, a_jitsi, needs, settings, with_shared_secret
from tests.faults.xmpp import Client, Refused
from tests.makers import a_conference, a_directory
from tests.ports import free_port
from web.app import create_app
from web.database import transaction
from web.keyring.keyring import Keyring
from web.settings import Settings

pytestmark = needs(
    "auth_token",
    "token_verification",
    "muc_end_meeting",
    "muc_kick_participant",
    "muc_jigasi_invite",
    "muc_census",
    "muc_size",
)

HS256 = "j" * 40
KEY = b"k" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A conference in a room of a real Prosody, and what the job is given."""

    conn: Connection
    pool: asyncpg.Pool
    seal: Keyring
    jitsi: Jitsi
    conference: Conference
    room: Room
    bridge: KnownBridge

    def token(self, site: SiteId) -> str:
        now = datetime.now(UTC)
        entry = Entry(
            room=self.room.name,
            site=site,
            name=f"Điểm cầu {site}",
            hard_end=now + timedelta(hours=1),
        )
        claims = entry_claims(entry, app_id="diemcau", xmpp_domain=DOMAIN, now=now)
        return sign(claims, self.bridge.secrets.jwt)

    async def asks(self, action: Action, subject: str = "") -> None:
        now = datetime.now(UTC)
        await ask(self.conn, self.conference, action, subject=subject, by="person:1", now=now)

    async def turn(self) -> None:
        now = datetime.now(UTC)
        await carry_out(lambda: transaction(self.pool), self.jitsi.http, self.seal, now)

    async def became(self) -> list[tuple[str, str, str]]:
        found = await list_actions(self.conn, self.conference.id)
        return [(one.action.value, one.state.value, one.detail) for one in found]

    async def inside(self) -> int | None:
        counted = await prosody.census(self.jitsi.http, self.bridge.bridge)
        return counted.inside(self.room.name)

    async def told(self, page: Client, site: SiteId) -> None:
        """Put into evidence that a hall came in, as event_sync_component tells it."""
        now = datetime.now(UTC)
        body = {
            "event_name": "muc-occupant-joined",
            "room_name": self.room.name,
            "room_jid": self.jitsi.room(self.room.name),
            "is_breakout": False,
            "occupant": {
                "occupant_jid": str(page.boundjid),
                "id": f"site-{site}",
                "joined_at": int(now.timestamp()),
            },
        }
        event = events.parse("occupant/joined", json.dumps(body).encode())
        row = Row(
            key=events.content_key("lab", event.kind, events.as_body(event)),
            bridge="lab",
            kind=event.kind,
            room=event.room,
            body=events.as_body(event),
            received_at=now,
        )
        async with self.conn.transaction():
            await record_evidence(self.conn, [row], now=now)


@asynccontextmanager
async def a_stage(
    conn: Connection, pool: asyncpg.Pool, database: str, folder: Path, secret: str
) -> AsyncIterator[Stage]:
    """Run the program and a Prosody that asks it for keys, with a conference placed on it."""
    seal, port = a_seal(), free_port()
    await a_directory(conn)
    new = NewBridge(
        name="lab",
        kind=BridgeKind.JITSI,
        public_url="https://meet.lab",
        xmpp_domain=DOMAIN,
        muc_domain=f"conference.{DOMAIN}",
        app_id="diemcau",
        secrets=BridgeSecrets(jwt=secret, reservation="lab-reservation", event="lab-events"),
        prosody_url=f"http://127.0.0.1:{port}",
        seats=300,
    )
    await add_bridge(conn, new, seal, by="program:test")
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=10)
    conference, room = await a_room(conn, await a_conference(conn, start=start))
    await make_links(conn, conference, KEY)
    ours = Settings.from_environ(
        {"DIEMCAU_DATA": str(folder / "own"), "DIEMCAU_RECEIVER_PORT": "9"}
    )
    async with TestServer(create_app(ours, database_url=database, keyring=seal)) as server:
        text = settings(str(server.make_url("")).rstrip("/"), "lab")
        if secret == HS256:
            text = with_shared_secret(text, secret)
        async with a_jitsi(folder, text, port=port) as jitsi:
            yield Stage(
                conn=conn,
                pool=pool,
                seal=seal,
                jitsi=jitsi,
                conference=conference,
                room=room,
                bridge=(await known_bridges(conn, seal))["lab"],
            )


async def test_a_hall_is_sent_out_a_number_is_called_and_the_room_ends(
    conn, pool, database, tmp_path
):
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(
            a_stage(conn, pool, database, tmp_path, new_private_key())
        )
        jitsi, name, (first, second, _) = stage.jitsi, stage.room.name, stage.conference.sites
        await stack.enter_async_context(jitsi.focus(name))
        stays = await stack.enter_async_context(jitsi.hall(name, stage.token(first)))
        goes = await stack.enter_async_context(jitsi.hall(name, stage.token(second)))
        gateway = await stack.enter_async_context(jitsi.jigasi())
        await stage.told(stays, first)
        await stage.told(goes, second)
        assert await stage.inside() == 2

        await stage.asks(Action.REMOVE, str(second))
        await stage.turn()
        assert await goes.until_out() == "307 110"
        await stage.turn()
        assert await stage.inside() == 1

        await stage.asks(Action.DIAL_OUT, "+84215000111")
        await stage.turn()
        dial = await gateway.called()
        assert dial.get("to") == "+84215000111"
        assert [one.get("value") for one in dial] == [jitsi.room(name)]

        await stage.asks(Action.END)
        await stage.turn()
        assert await stays.until_out() == "The meeting has been terminated"
        assert await stage.inside() == 0
        assert sorted(await stage.became()) == [
            ("dial-out", "unconfirmed", "invited"),
            ("end", "done", ""),
            ("remove", "done", ""),
        ]


async def test_who_was_removed_is_sent_out_and_does_not_come_back(conn, pool, database, tmp_path):
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(
            a_stage(conn, pool, database, tmp_path, new_private_key())
        )
        jitsi, name, (first, second, _) = stage.jitsi, stage.room.name, stage.conference.sites
        await stack.enter_async_context(jitsi.focus(name))
        removed = stage.token(second)
        stays = await stack.enter_async_context(jitsi.hall(name, stage.token(first)))
        goes = await stack.enter_async_context(jitsi.hall(name, removed))
        await stage.told(stays, first)
        await stage.told(goes, second)
        now = datetime.now(UTC)
        await revoke_link(conn, stage.conference.id, second, by="person:1", now=now)

        await send_out(lambda: transaction(pool), jitsi.http, stage.seal, now)
        assert await goes.until_out() == "307 110"
        with pytest.raises(Refused) as refused:
            # By the same connection, as a page does that is not ours.
            await goes.enter(jitsi.room(name))
        assert refused.value.condition == "forbidden"
        with pytest.raises(Refused):
            await stack.enter_async_context(jitsi.hall(name, removed))
        await stack.enter_async_context(jitsi.hall(name, stage.token(first)))
        assert await stage.inside() == 2


async def test_a_halls_own_token_commands_nothing(conn, pool, database, tmp_path):
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(
            a_stage(conn, pool, database, tmp_path, new_private_key())
        )
        jitsi, name, (first, second, _) = stage.jitsi, stage.room.name, stage.conference.sites
        http, bridge = jitsi.http, stage.bridge.bridge
        await stack.enter_async_context(jitsi.focus(name))
        await stack.enter_async_context(jitsi.hall(name, stage.token(first)))
        other = await stack.enter_async_context(jitsi.hall(name, stage.token(second)))
        token = stage.token(first)

        with pytest.raises(BridgeSilent, match="401"):
            await prosody.end_meeting(http, bridge, name, token)
        await prosody.kick_endpoint(http, bridge, name, other.short, token)
        called = await prosody.invite_jigasi(http, bridge, name, "113", token)

        assert called == 401
        assert await stage.inside() == 2


async def test_who_was_sent_out_and_not_removed_comes_back_by_the_same_connection(
    conn, pool, database, tmp_path
):
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(
            a_stage(conn, pool, database, tmp_path, new_private_key())
        )
        jitsi, name, (first, _, _) = stage.jitsi, stage.room.name, stage.conference.sites
        await stack.enter_async_context(jitsi.focus(name))
        hall = await stack.enter_async_context(jitsi.hall(name, stage.token(first)))
        command = command_token(stage.bridge, stage.room.name, datetime.now(UTC))
        await prosody.kick_endpoint(jitsi.http, stage.bridge.bridge, name, hall.short, command)

        assert await hall.until_out() == "307 110"
        await hall.enter(jitsi.room(name))
        assert await stage.inside() == 1


@pytest.mark.parametrize("way", ["away", "silent"])
async def test_a_program_that_does_not_answer_keeps_nobody_out(tmp_path, way):
    released = asyncio.Event()

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    claims = {
        "iss": "diemcau",
        "aud": "jitsi",
        "sub": DOMAIN,
        "room": "mot",
        "exp": int(datetime.now(UTC).timestamp()) + 3600,
    }
    async with await asyncio.start_server(hold, "127.0.0.1", 0) as held:
        port = 9 if way == "away" else held.sockets[0].getsockname()[1]
        text = with_shared_secret(settings(f"http://127.0.0.1:{port}", "lab"), HS256)
        async with (
            a_jitsi(tmp_path, text) as jitsi,
            jitsi.guest("mot", sign(claims, HS256)) as entrant,
        ):
            released.set()

    assert str(entrant.boundjid).endswith(f"@{DOMAIN}/page")


async def test_a_real_jitsi_set_as_we_say_has_nothing_to_mend(conn, pool, database, tmp_path):
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(
            a_stage(conn, pool, database, tmp_path, new_private_key())
        )
        before = codes(await check(stage.jitsi.http, stage.bridge, datetime.now(UTC)))
        await stack.enter_async_context(stage.jitsi.focus(stage.room.name))
        hall = stage.jitsi.hall(stage.room.name, stage.token(stage.conference.sites[0]))
        await stack.enter_async_context(hall)
        during = codes(await check(stage.jitsi.http, stage.bridge, datetime.now(UTC)))

    asked = {
        "room-census": "rooms",
        "room-size": "module-there",
        "door": "door-open",
        "token": "token-taken",
        "forged-token": "forged-refused",
        "commands": "halls-obey",
        "kick": "module-there",
        "invite": "module-there",
        "roster": "roster-told",
        "domain": "domain-verified",
    }
    assert {name: during[name] for name in asked} == asked
    unseen = {name for name in asked if before[name] != during[name]}
    assert {before[name] for name in unseen} <= {"no-open-room"}


async def test_a_shared_secret_lets_halls_in_and_commands_nothing(conn, pool, database, tmp_path):
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(a_stage(conn, pool, database, tmp_path, HS256))
        http, bridge = stage.jitsi.http, stage.bridge.bridge
        found = codes(await check(http, stage.bridge, datetime.now(UTC)))
        taken = [
            await takes_token(http, bridge, secret, datetime.now(UTC))
            for secret in (HS256, "another" * 8)
        ]
        await stack.enter_async_context(stage.jitsi.focus(stage.room.name))
        hall = stage.jitsi.hall(stage.room.name, stage.token(stage.conference.sites[0]))
        await stack.enter_async_context(hall)
        await stage.asks(Action.END)
        await stage.turn()
        inside = await stage.inside()

    assert found["door"] == "door-open"
    assert found["token"] in {"cannot-end", "entry-only"}
    assert (found["kick"], found["invite"]) == ("cannot-remove", "commands-refused")
    assert taken == [True, False]
    [(_, state, detail)] = await stage.became()
    assert inside == 1
    assert (state, detail) in {("refused", "no-call"), ("asked", "")}


def codes(answers: Sequence[Answer]) -> dict[str, str]:
    return {answer.asked: answer.code for answer in answers}
