"""A real XMPP client, slixmpp, that does what Jitsi's pages do: comes by a token, asks, enters."""

from __future__ import annotations

import asyncio
import re
import socket as sockets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

import aiohttp
from slixmpp import JID, ClientXMPP, Iq
from slixmpp.exceptions import IqError
from slixmpp.xmlstream import StanzaBase
from slixmpp.xmlstream.handler import Callback, CoroutineCallback
from slixmpp.xmlstream.matcher import MatchXPath

from bridges.jitsi.names import short_name
from tests.faults.xmpp_frames import CLIENT, Frames

FOCUS = "http://jitsi.org/protocol/focus"
NICK = "http://jabber.org/protocol/nick"
FORM = "jabber:x:data"
MUC = "http://jabber.org/protocol/muc"
LEADS = f"{{{MUC}#user}}x/{{{MUC}#user}}item[@role='moderator']"
RAYO = "urn:xmpp:rayo:1"
MUTE = "http://jitsi.org/jitmeet/audio"
JIBRI = "http://jitsi.org/protocol/jibri"
PATIENCE = 40


class Refused(Exception):
    """A bridge or a room does not let somebody in; `code` is the one of a reservation."""

    def __init__(self, condition: str, text: str = "", code: str = "") -> None:
        super().__init__(condition, text, code)
        self.condition, self.text, self.code = condition, text, code


class Client(ClientXMPP):
    """A client on a websocket: it has a user's name and password, or comes by a token."""

    def __init__(self, jid: str, password: str = "", *, resumes: bool = False) -> None:
        super().__init__(jid, password, sasl_mech="PLAIN" if password else "ANONYMOUS")
        self.plugin["feature_mechanisms"].unencrypted_plain = True
        for name in ("xep_0045", "xep_0199", *(["xep_0198"] if resumes else [])):
            self.register_plugin(name)
        self.frames: Frames | None = None
        self.presences: list[Element] = []
        self.messages: list[Element] = []
        self.heard = asyncio.Event()
        self.register_handler(Callback("presence", of("presence"), self.note_presence))
        self.register_handler(Callback("message", of("message"), self.note_message))

    def note_presence(self, told: StanzaBase) -> None:
        """Keep every presence."""
        self.presences.append(told.xml)
        self.heard.set()

    def note_message(self, told: StanzaBase) -> None:
        """Keep every message."""
        self.messages.append(told.xml)
        self.heard.set()

    @property
    def short(self) -> str:
        """Return the first letters of our address, by which Jitsi's pages know us."""
        return short_name(self.boundjid.user)

    async def come(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Sign in.

        Raises:
            Refused: the token is not taken.
        """
        begun: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        for event in ("session_start", "failed_all_auth", "disconnected"):
            self.add_event_handler(event, partial(settle, begun, event))
        self.init_plugins()
        self.filters = asyncio.ensure_future(self.run_filters())
        self.frames = Frames(socket, self)
        self.connection_made(self.frames)
        async with asyncio.timeout(PATIENCE):
            event = await begun
        if event != "session_start":
            raise Refused("not-authorized")

    async def ask(self, room: str) -> None:
        """Ask the focus for a conference, as a page does before it enters.

        Raises:
            Refused: with what a person reads, and the code of the reservation.
        """
        iq = self.make_iq_set(ito=f"focus.{self.boundjid.host}")
        iq.append(Element(f"{{{FOCUS}}}conference", {"room": room}))
        try:
            await iq.send(timeout=PATIENCE)
        except IqError as error:
            found = error.iq.xml.find(f".//{{{FOCUS}}}reservation-error")
            code = "" if found is None else found.get("error-code", "")
            raise Refused(error.condition, error.text, code) from error

    async def enter(self, room: str, name: str = "nobody", *parts: Element) -> Element:
        """Enter under the short name that Jitsi's pages take; return our presence as all see it.

        Raises:
            Refused: the room does not let us in.
        """
        begins = len(self.presences)
        seat = f"{room}/{self.short}"
        self.say(seat, Element(f"{{{MUC}}}x"), named(name), *parts)
        async with asyncio.timeout(PATIENCE):
            while True:
                for one in self.presences[begins:]:
                    if one.get("from") == seat and one.get("type") == "error":
                        raise refusal(one)
                    if one.get("from") == seat and "110" in statuses(one):
                        return one
                await self.news()

    def say(
        self,
        seat: str,
        *parts: Element,
        kind: Literal["unavailable"] | None = None,
        status: str | None = None,
    ) -> None:
        """Send a presence."""
        told = self.make_presence(pto=seat, ptype=kind, pstatus=status)
        for part in parts:
            told.append(part)
        told.send()

    async def news(self) -> None:
        """Wait until anything more has come."""
        self.heard.clear()
        await self.heard.wait()

    async def refused_as(self, seat: str) -> Refused:
        """Take another seat in the room; return why we may not."""
        self.say(seat)
        async with asyncio.timeout(PATIENCE):
            while True:
                for one in self.presences:
                    if one.get("from") == seat and one.get("type") == "error":
                        return refusal(one)
                await self.news()

    async def until_out(self) -> str:
        """Wait until the room lets us go; return why: its last word, or the codes of a kick."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for one in self.presences:
                    if one.get("type") == "unavailable" and "110" in statuses(one):
                        return reason_in(one) or " ".join(map(str, statuses(one)))
                await self.news()

    async def submit(self, room: str, values: Mapping[str, str]) -> None:
        """Change how a room is set, as one who leads it."""
        iq = self.make_iq_set(ito=room)
        query = Element(f"{{{MUC}#owner}}query")
        form = SubElement(query, f"{{{FORM}}}x", {"type": "submit"})
        for name, value in {"FORM_TYPE": f"{MUC}#roomconfig", **values}.items():
            one = SubElement(form, f"{{{FORM}}}field", {"var": name})
            SubElement(one, f"{{{FORM}}}value").text = value
        iq.append(query)
        await iq.send(timeout=PATIENCE)

    async def side_room(self, component: str) -> str:
        """Make a side room, as one who leads the room; return its address."""
        told = self.make_message(mto=component)
        wanted = {"type": "features/breakout-rooms/add", "subject": "Tổ 1"}
        told.append(Element(f"{{{CLIENT}}}breakout_rooms", wanted))
        told.send()
        async with asyncio.timeout(PATIENCE):
            while True:
                told_of = " ".join("".join(one.itertext()) for one in self.messages)
                if found := re.search(rf"[0-9a-f-]{{36}}@{re.escape(component)}", told_of):
                    return found[0]
                await self.news()

    def cut(self) -> None:
        """Lose the line: the bridge is told nothing by us."""
        assert self.frames is not None
        line = self.frames.socket.get_extra_info("socket")
        line.shutdown(sockets.SHUT_RDWR)

    async def end(self) -> None:
        """Let go of everything, without a word."""
        if self.frames is not None:
            self.filters.cancel()
            await asyncio.gather(self.filters, return_exceptions=True)
            await self.frames.end()

    async def leave(self) -> None:
        """Close the page."""
        await self.disconnect(wait=2)
        await self.end()


class Focus(Client):
    """The focus in place of Jicofo: makes each room that is asked for, leaves when it is empty.

    It mutes for those who lead a room, and has no recorder.
    """

    def __init__(self, jid: str) -> None:
        super().__init__(jid, "of the lab")
        for tag, work in (
            (f"{{{FOCUS}}}conference", self.make),
            (f"{{{MUTE}}}mute", self.mute),
            (f"{{{JIBRI}}}jibri", self.record),
        ):
            matcher = MatchXPath(f"{{{CLIENT}}}iq/{tag}")
            self.register_handler(CoroutineCallback(tag, matcher, work))
        self.inside: dict[str, set[str]] = {}
        self.leaders: set[str] = set()

    async def make(self, told: StanzaBase) -> None:
        """Make the room by entering it, then say that it is ready."""
        assert isinstance(told, Iq)
        conference = told.xml.find(f"{{{FOCUS}}}conference")
        assert conference is not None
        room = JID(conference.get("room"))
        await self.plugin["xep_0045"].join_muc_wait(room, "focus", timeout=PATIENCE)
        answer = told.reply()
        ready = {"ready": "true", "room": str(room), "focusjid": self.boundjid.bare}
        answer.append(Element(f"{{{FOCUS}}}conference", ready))
        answer.send()

    async def mute(self, told: StanzaBase) -> None:
        """Say yes to one who leads, and let a microphone be turned off."""
        assert isinstance(told, Iq)
        wanted = told.xml.find(f"{{{MUTE}}}mute")
        assert wanted is not None
        if str(told["from"]) not in self.leaders:
            refuse(told, "not-allowed")
            return
        told.reply().send()
        asked = self.make_iq_set(ito=wanted.get("jid"))
        element = Element(f"{{{MUTE}}}mute", {"actor": str(told["from"])})
        element.text = wanted.text
        asked.append(element)
        await asked.send(timeout=PATIENCE)

    async def record(self, told: StanzaBase) -> None:
        """Have no recorder."""
        assert isinstance(told, Iq)
        refuse(told, "service-unavailable")

    def note_presence(self, told: StanzaBase) -> None:
        """Count who is in each room; leave one when everybody else left it."""
        room, nick = told["from"].bare, told["from"].resource
        if told.xml.find(LEADS) is not None:
            self.leaders.add(str(told["from"]))
        people = self.inside.setdefault(room, set())
        if nick == "focus":
            return
        if told["type"] != "unavailable":
            people.add(nick)
        elif nick in people:
            people.remove(nick)
            if not people:
                self.plugin["xep_0045"].leave_muc(room, "focus")


class Jigasi(Client):
    """A gateway with a SIP account in place of Jigasi: waits for calls, and answers none."""

    def __init__(self, jid: str) -> None:
        super().__init__(jid, "of the lab")
        matcher = MatchXPath(f"{{{CLIENT}}}iq/{{{RAYO}}}dial")
        self.register_handler(Callback("dial", matcher, self.note_call))
        self.calls: list[Element] = []

    def note_call(self, told: StanzaBase) -> None:
        """Keep what is to be called."""
        self.calls.extend(told.xml.iterfind(f"{{{RAYO}}}dial"))
        self.heard.set()

    async def called(self) -> Element:
        """Return the first call, when it has come."""
        async with asyncio.timeout(PATIENCE):
            while not self.calls:
                await self.news()
        return self.calls[0]


def refuse(told: Iq, condition: str) -> None:
    """Refuse what was asked."""
    answer = told.reply()
    answer["type"] = "error"
    answer["error"]["type"] = "cancel"
    answer["error"]["condition"] = condition
    answer.send()


def settle(begun: asyncio.Future[str], event: str, _told: object) -> None:
    """Note which event came first."""
    if not begun.done():
        begun.set_result(event)


def of(kind: str) -> MatchXPath:
    """Return what tells a kind of stanza."""
    return MatchXPath(f"{{{CLIENT}}}{kind}")


def named(name: str) -> Element:
    """Return a display name as presences carry it."""
    element = Element(f"{{{NICK}}}nick")
    element.text = name
    return element


def name_in(presence: Element) -> str | None:
    """Return the display name of a presence."""
    return presence.findtext(f"{{{NICK}}}nick")


def statuses(presence: Element) -> list[str | None]:
    """Return the codes that a room adds to a presence."""
    return [one.get("code") for one in presence.iterfind(f"{{{MUC}#user}}x/{{{MUC}#user}}status")]


def reason_in(presence: Element) -> str | None:
    """Return why a room was ended."""
    return presence.findtext(f"{{{MUC}#user}}x/{{{MUC}#user}}destroy/{{{MUC}#user}}reason")


def affiliation_in(presence: Element) -> tuple[str | None, str | None]:
    """Return affiliation and role of a presence."""
    item = presence.find(f"{{{MUC}#user}}x/{{{MUC}#user}}item")
    assert item is not None
    return item.get("affiliation"), item.get("role")


def refusal(presence: Element) -> Refused:
    """Return what an error says."""
    error = presence.find(f"{{{CLIENT}}}error")
    assert error is not None
    words = [child.tag.rpartition("}")[2] for child in error]
    text = next((child.text or "" for child in error if child.tag.endswith("}text")), "")
    return Refused(words[0], text)


@asynccontextmanager
async def connected(
    http: aiohttp.ClientSession, prosody: str, client: Client, **query: str
) -> AsyncIterator[Client]:
    """Give a client that has signed in; at the end its line is gone.

    Raises:
        Refused: the token is not taken.
    """
    given = {name: value for name, value in query.items() if value}
    socket = await http.ws_connect(f"{prosody}/xmpp-websocket", params=given, protocols=("xmpp",))
    try:
        await client.come(socket)
        yield client
    finally:
        await client.end()
