"""Jitsi's page to a Prosody: enters by a token over WebSocket (RFC 7395), and sees what happens."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import aiohttp
from defusedxml.ElementTree import fromstring

FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
BIND = "urn:ietf:params:xml:ns:xmpp-bind"
MUC = "http://jabber.org/protocol/muc"
MUC_USER = f"{MUC}#user"
NICK = "http://jabber.org/protocol/nick"
PATIENCE = 30


class TurnedAway(Exception):
    """The bridge does not let somebody in."""


@dataclass(kw_only=True)
class Page:
    """One connection, in no room or in one."""

    socket: aiohttp.ClientWebSocketResponse
    jid: str = ""
    seat: str = ""
    seen: list[Element] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    gone: bool = False

    async def say(self, stanza: str) -> None:
        await self.socket.send_str(stanza)

    async def hear(self) -> Element:
        """Return the next stanza while we are not listening by ourselves."""
        message = await self.socket.receive(timeout=PATIENCE)
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise TurnedAway("the connection was closed")
        heard: Element = fromstring(message.data)
        if heard.tag.endswith(("}close", "}failure")):
            raise TurnedAway(heard.tag)
        return heard

    async def open(self, domain: str) -> None:
        await self.say(f"<open xmlns='{FRAMING}' to='{domain}' version='1.0'/>")
        await self.hear()
        await self.hear()

    async def sign_in(self, domain: str, user: str, resource: str) -> None:
        """Sign in as a user without a password, or by the token of the address."""
        await self.open(domain)
        how = "PLAIN" if user else "ANONYMOUS"
        told = base64.b64encode(f"\0{user}\0-".encode()).decode() if user else ""
        await self.say(f"<auth xmlns='{SASL}' mechanism='{how}'>{told}</auth>")
        await self.hear()
        await self.open(domain)
        await self.say(
            f"<iq xmlns='jabber:client' type='set' id='bind'><bind xmlns='{BIND}'>"
            f"<resource>{resource}</resource></bind></iq>"
        )
        bound = (await self.hear()).find(f".//{{{BIND}}}jid")
        assert bound is not None
        self.jid = str(bound.text)

    async def listen(self) -> None:
        """Keep everything that comes."""
        async for message in self.socket:
            self.seen.append(fromstring(message.data))
            async with self.news:
                self.news.notify_all()
        self.gone = True
        async with self.news:
            self.news.notify_all()

    async def enter(self, room: str, nick: str = "", more: str = "") -> None:
        """Enter a room under the name that Jitsi's page would take.

        Raises:
            TurnedAway: the room does not let us in.
        """
        self.seat = f"{room}/{nick or self.jid[:8]}"
        await self.say(
            f"<presence xmlns='jabber:client' to='{self.seat}'><x xmlns='{MUC}'/>"
            f"<nick xmlns='{NICK}'>{nick or self.jid[:8]}</nick>{more}</presence>"
        )
        answer = await self.until(lambda one: one.get("from") == self.seat)
        if answer.get("type") == "error":
            raise TurnedAway(room)

    async def until(self, is_it: Callable[[Element], bool]) -> Element:
        """Return the first stanza of all that came that is it, when it has come."""
        async with asyncio.timeout(PATIENCE), self.news:
            while not (found := [one for one in self.seen if is_it(one)]):
                if self.gone:
                    raise TurnedAway("the connection was closed")
                await self.news.wait()
        return found[0]

    async def why_out(self) -> str:
        """Return why the room let us go: the status of a kick, or the reason of its end."""
        last = await self.until(
            lambda one: (one.get("from"), one.get("type")) == (self.seat, "unavailable")
        )
        reason = last.find(f".//{{{MUC_USER}}}destroy/{{{MUC_USER}}}reason")
        if reason is not None:
            return str(reason.text)
        return " ".join(str(one.get("code")) for one in last.iterfind(f".//{{{MUC_USER}}}status"))


@asynccontextmanager
async def page(
    http: aiohttp.ClientSession,
    prosody: str,
    domain: str,
    *,
    token: str = "",
    room: str = "",
    user: str = "",
    resource: str = "page",
) -> AsyncIterator[Page]:
    """Connect and sign in; the connection is cut at the end.

    Raises:
        TurnedAway: the bridge does not take the token.
    """
    query = {name: value for name, value in {"room": room, "token": token}.items() if value}
    async with http.ws_connect(
        f"{prosody}/xmpp-websocket", params=query, protocols=("xmpp",)
    ) as socket:
        one = Page(socket=socket)
        await one.sign_in(domain, user, resource)
        listening = asyncio.create_task(one.listen())
        try:
            yield one
        finally:
            await socket.close()
            await listening
