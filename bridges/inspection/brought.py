"""What it means that a bridge called us or not: with which secret, where to, what is held; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from bridges.jitsi.replies import Answer, bad, note, unseen, well
from bridges.model import Bridge
from bridges.receiving.astray import Setting, Stray
from bridges.receiving.calls import Heard, is_from
from bridges.receiving.held import Held, Why
from meetings.office.workdays import ZONE

HELD: Mapping[Why, str] = MappingProxyType(
    {
        Why.WRONG_SECRET: "secret-wrong",
        Why.UNREADABLE: "events-unreadable",
        Why.WRONG_ADDRESS: "events-astray",
        Why.TOO_LARGE: "events-large",
    }
)


def judge_calls(bridge: Bridge, heard: Heard) -> Answer:
    """Judge by its last call whether a bridge asks us; a stranger may call from anywhere."""
    if heard.refused_at is not None and heard.refused_last:
        at, where = local(heard.refused_at), heard.refused_from
        if is_from(bridge, where):
            return bad("calls", "calls-wrong", at=at)
        return note("calls", "calls-foreign", at=at, where=where)
    if heard.asked_at is None:
        return unseen("calls", "calls-none")
    return well("calls", "calls-right", at=local(heard.asked_at))


def local(moment: datetime) -> str:
    """Return a moment as people write it."""
    return moment.astimezone(ZONE).strftime("%H:%M %d/%m/%Y")


def judge_strays(strays: Sequence[Stray], addresses: Mapping[Setting, str]) -> Sequence[Answer]:
    """Judge calls to addresses where nothing of ours is; `addresses` are the right ones."""
    return [judge_stray(stray, addresses.get(stray.setting, "")) for stray in strays]


def judge_stray(stray: Stray, right: str) -> Answer:
    """Judge one such call: surely this bridge's is to be mended, anybody's to be looked at."""
    values: dict[str, str | int] = {
        "at": local(stray.at),
        "call": f"{stray.method} {stray.url}",
        "setting": stray.setting.value,
        "right": right,
    }
    if not stray.bridge:
        return note("astray", "astray-nobodys", where=stray.address, **values)
    if not right:
        return note("astray", "astray-odd", **values)
    meant = right.partition("://")[2]
    lost_on_the_way = f"{stray.url}/".startswith(f"{meant}/")
    code = "astray-proxy" if lost_on_the_way else "astray-setting"
    return (bad if stray.sure else note)("astray", code, **values)


def judge_events(count: int) -> Answer:
    """Judge whether events of a bridge ever reach us."""
    return well("news", "news-come", count=count) if count else unseen("news", "news-none")


def judge_held(held: Held) -> Sequence[Answer]:
    """Judge what is held back: each reason is mended otherwise."""
    found = [bad("quarantine", HELD[why], count=pile.records) for why, pile in sorted(held.items())]
    return found or [well("quarantine", "nothing-held")]
