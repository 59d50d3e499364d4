"""Checking a bridge from where we stand: every surface, what it says, what is set wrongly.

Nothing here does harm: the one command is to end a room that is not there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from itertools import chain
from urllib.parse import quote, urlsplit

import aiohttp

from bridges.entry.passes import KnownBridge
from bridges.inspection import brought, findings
from bridges.inspection.inspecting import NO_ROOM, ask_prosody
from bridges.jitsi import replies
from bridges.jitsi.fetching import fetch
from bridges.jitsi.replies import Answer, Reply
from bridges.model import Bridge, BridgeKind
from bridges.receiving.astray import Setting
from bridges.receiving.calls import News

MOST_ROOMS = 5
XMPP_PORT = 5280
SCRIPT = "/external_api.js"
OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ourselves:
    """How a bridge reaches us, and what it brought us so far."""

    reservations: str = ""
    access: str = ""
    events: str = ""
    news: News = field(default_factory=News)

    @property
    def settings(self) -> Mapping[Setting, str]:
        """The addresses that belong into the settings of Prosody."""
        return {
            Setting.RESERVATIONS: self.reservations,
            Setting.EVENTS: self.events,
            Setting.ACCESS: f"{self.access}/access",
            Setting.KEYS: f"{self.access}/keys",
            Setting.ALL_KEYS: f"{self.access}/keys/jwks.json",
        }


async def check(
    http: aiohttp.ClientSession, known: KnownBridge, now: datetime, ours: Ourselves | None = None
) -> Sequence[Answer]:
    """Ask a bridge everything that does no harm, each part beside the others; trouble first."""
    asked: list[Awaitable[Sequence[Answer]]] = [
        ask_page(http, known.bridge, now),
        ask_prosody(http, known, now),
        ask_exposed(http, known.bridge),
        ask_focus(http, known.bridge),
        ask_parts(http, known.bridge),
        ask_ourselves(http, known, ours or Ourselves()),
    ]
    return replies.by_trouble(chain.from_iterable(await asyncio.gather(*asked)))


async def ask_page(http: aiohttp.ClientSession, bridge: Bridge, now: datetime) -> Sequence[Answer]:
    """Ask for the page that halls open, and for the script by which our pages put it in a frame.

    For its clock only where Prosody's cannot be asked.
    """
    reply = await fetch(http, "GET", f"{bridge.public_url}/{NO_ROOM}")
    answers = [findings.judge_page(reply), *secure(bridge)]
    if reply.failed:
        return answers
    if bridge.kind is not BridgeKind.TRIAL:
        script = await fetch(http, "GET", f"{bridge.public_url}{SCRIPT}")
        answers.append(findings.judge_script(script))
    if bridge.prosody_url:
        return answers
    return [*answers, findings.judge_clock(reply.date, now)]


def secure(bridge: Bridge) -> Sequence[Answer]:
    """Tell of an address at which browsers give no camera."""
    parts = urlsplit(bridge.public_url)
    local = parts.hostname in OWN_MACHINE
    return [] if parts.scheme == "https" or local else [replies.bad("https", "no-https")]


def shares_public_name(bridge: Bridge) -> Sequence[Answer]:
    """Tell of a Prosody that we ask at the name that everybody knows.

    Whether its port is open to strangers too cannot be seen from where we stand.
    """
    host = urlsplit(bridge.public_url).hostname
    shared = host == urlsplit(bridge.prosody_url).hostname and host not in OWN_MACHINE
    return [replies.note("port", "port-public", where=bridge.prosody_url)] if shared else []


async def ask_exposed(http: aiohttp.ClientSession, bridge: Bridge) -> Sequence[Answer]:
    """Ask where strangers stand for what only we may see; the built-in bridge has one address."""
    host, prosody = urlsplit(bridge.public_url).hostname, urlsplit(bridge.prosody_url)
    if bridge.kind is BridgeKind.TRIAL or host is None:
        return []
    behind = f"{bridge.public_url}/room-census"
    answers = [
        findings.judge_exposed("web", await fetch(http, "GET", behind), behind),
        *shares_public_name(bridge),
    ]
    if host != prosody.hostname:
        named = f"[{host}]" if ":" in host else host
        port = f"http://{named}:{XMPP_PORT}/room-census"
        reply = await fetch(http, "GET", port, host=bridge.xmpp_domain.lower())
        answers.append(findings.judge_exposed("port", reply, port))
    return answers


async def ask_focus(http: aiohttp.ClientSession, bridge: Bridge) -> Sequence[Answer]:
    """Ask Jicofo for its bridges, and who moderates in rooms that are in use."""
    url = bridge.jicofo_url
    if not url:
        return [replies.unseen("jicofo", "no-address")]
    stats, listed = await asyncio.gather(
        fetch(http, "GET", f"{url}/stats"), fetch(http, "GET", f"{url}/debug/conferences")
    )
    rooms = listed.json if isinstance(listed.json, list) else []
    pages = await asyncio.gather(
        *(
            fetch(http, "GET", f"{url}/debug/conference/{quote(str(room), safe='@')}")
            for room in rooms[:MOST_ROOMS]
        )
    )
    moderators = findings.judge_moderators([one.json for one in pages])
    told = isinstance(stats.json, dict) and stats.status == HTTPStatus.OK
    recorders = [findings.judge_brewery(stats.json)] if told and bridge.jibri_urls else []
    return [findings.judge_focus(stats, url), *recorders, moderators]


async def ask_parts(http: aiohttp.ClientSession, bridge: Bridge) -> Sequence[Answer]:
    """Ask every videobridge, recorder and gateway how it is."""
    paths = [("videobridge", url, "/about/health") for url in bridge.jvb_urls]
    paths += [("jibri", url, "/jibri/api/v1.0/health") for url in bridge.jibri_urls]
    paths += [("jigasi", bridge.jigasi_url, "/about/health")] if bridge.jigasi_url else []
    paths += [("stress", url, "/colibri/stats") for url in bridge.jvb_urls]
    told = await asyncio.gather(*(fetch(http, "GET", url + path) for _, url, path in paths))
    return [judge_part(part, reply, url) for (part, url, _), reply in zip(paths, told, strict=True)]


def judge_part(part: str, reply: Reply, url: str) -> Answer:
    """Judge what a videobridge, recorder or gateway answered."""
    if part == "jibri":
        return findings.judge_recorder(reply, url)
    if part == "stress":
        return findings.judge_stress(reply, url)
    return findings.judge_health(part, reply, url)


async def ask_ourselves(
    http: aiohttp.ClientSession, known: KnownBridge, ours: Ourselves
) -> Sequence[Answer]:
    """Ask our own addresses as the bridge does, and tell what it brought, and what is held back."""
    answers = []
    if ours.reservations:
        form, url = {"name": NO_ROOM}, f"{ours.reservations}/conference"
        right = await fetch(http, "POST", url, token=known.secrets.reservation, data=form)
        wrong = await fetch(http, "POST", url, token="wrong", data=form)  # noqa: S106 - on purpose
        answers.append(findings.judge_reservation(right, wrong))
        access = await fetch(http, "GET", f"{ours.access}/access")
        answers.append(findings.judge_access(access))
    if ours.events:
        reply = await fetch(http, "GET", f"{ours.events}/events/room/created")
        answers.append(findings.judge_receiver(reply))
    news = ours.news
    answers.append(brought.judge_calls(known.bridge, news.heard))
    answers.append(brought.judge_events(news.events))
    answers += brought.judge_strays(news.strays, ours.settings)
    return [*answers, *brought.judge_held(news.held)]
