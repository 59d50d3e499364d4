"""Events held back: orders to replay or discard them, and the letter that says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from bridges.receiving.held import Held, Pile, Why
from bridges.registered.registry import bridge_by_name
from bridges.store import quarantine as store
from bridges.store.quarantine import Order, Progress
from meetings.audit import record
from meetings.office.workdays import ZONE
from meetings.outbox import enqueue
from meetings.store import Connection

REPLAY, DISCARD = "replay", "discard"
GONE = timedelta(days=1)
ALIVE = timedelta(seconds=30)
# An order is for now; a receiver that was away for longer leaves what it holds for a new one.
STANDS = timedelta(hours=1)

Words = Mapping[str, str]
VIETNAMESE: Words = MappingProxyType(
    {
        "wrong-secret": "Cầu {bridge}: {n} sự kiện bị giữ lại vì sai khóa",
        "wrong-secret-text": (
            "Từ {since}, diemcau giữ lại {n} sự kiện vào/ra họp của máy chủ cầu {bridge}, đến "
            "từ máy chủ đó nhưng sai khóa. Điểm danh chưa tính đến.\n\n"
            "1. Sửa khóa sự kiện trong Prosody, hoặc trên trang máy chủ cầu.\n"
            "2. Chạy lại: trang máy chủ cầu, hoặc diemcau bridge replay {bridge}\n\n"
            "Thư này do diemcau tự động gửi; xin đừng trả lời.\n"
        ),
        "unreadable": "Cầu {bridge}: {n} sự kiện bị giữ lại vì không đọc được",
        "unreadable-text": (
            "Từ {since}, diemcau giữ lại {n} sự kiện vào/ra họp của máy chủ cầu {bridge} mà không "
            "đọc được. Điểm danh chưa tính đến.\n\n"
            "1. So phiên bản mô-đun event_sync trong Prosody với docs/jitsi.md.\n"
            "2. Sau khi cập nhật diemcau, chạy lại: diemcau bridge replay {bridge}\n"
            "3. Nếu không cần nữa: diemcau bridge discard {bridge}\n\n"
            "Thư này do diemcau tự động gửi; xin đừng trả lời.\n"
        ),
        "wrong-address": "Cầu {bridge}: {n} sự kiện bị giữ lại vì gửi sai địa chỉ",
        "wrong-address-text": (
            "Từ {since}, diemcau giữ lại {n} sự kiện vào/ra họp của máy chủ cầu {bridge}, đến "
            "từ máy chủ đó nhưng gửi tới địa chỉ không phải của nó. Điểm danh chưa tính "
            "đến.\n\n"
            "1. Sửa api_prefix của event_sync trong Prosody theo địa chỉ trên trang máy chủ cầu.\n"
            "2. Chạy lại: trang máy chủ cầu, hoặc diemcau bridge replay {bridge}\n\n"
            "Thư này do diemcau tự động gửi; xin đừng trả lời.\n"
        ),
        "too-large": "Cầu {bridge}: {n} sự kiện quá lớn, không nhận được",
        "too-large-text": (
            "Từ {since}, {n} sự kiện của máy chủ cầu {bridge} lớn hơn 8 MiB, vì thế không được giữ "
            "lại và không chạy lại được. Giờ ra của các điểm cầu được lấy từ nguồn khác.\n\n"
            "1. Kiểm tra xem ai gửi nhiều đến vậy: một phòng họp không bao giờ trống, hoặc mô-đun "
            "event_sync khác với docs/jitsi.md.\n"
            "2. Khi đã xem: diemcau bridge discard {bridge}\n\n"
            "Thư này do diemcau tự động gửi; xin đừng trả lời.\n"
        ),
    }
)
ENGLISH: Words = MappingProxyType(
    {
        "wrong-secret": "Bridge {bridge}: events held back for a wrong secret ({n})",
        "wrong-secret-text": (
            "Since {since} diemcau has held back events ({n}) of {bridge}: they came from "
            "it with a wrong secret. Attendance does not count them yet.\n\n"
            "1. Mend the event secret in Prosody, or on the bridge's page.\n"
            "2. Replay: the bridge's page, or diemcau bridge replay {bridge}\n\n"
            "diemcau sent this by itself; please do not answer.\n"
        ),
        "unreadable": "Bridge {bridge}: events held back that cannot be read ({n})",
        "unreadable-text": (
            "Since {since} diemcau has held back events ({n}) of {bridge} that it cannot "
            "read. Attendance does not count them yet.\n\n"
            "1. Compare Prosody's module event_sync with docs/jitsi.md.\n"
            "2. After an update of diemcau, replay: diemcau bridge replay {bridge}\n"
            "3. What nobody needs any more: diemcau bridge discard {bridge}\n\n"
            "diemcau sent this by itself; please do not answer.\n"
        ),
        "wrong-address": "Bridge {bridge}: events held back, posted to another address ({n})",
        "wrong-address-text": (
            "Since {since} diemcau has held back events ({n}) of {bridge}: they came from "
            "it, to an address that is not its own. Attendance does not count them yet.\n\n"
            "1. Correct api_prefix of event_sync in Prosody; the bridge's page tells it.\n"
            "2. Replay: the bridge's page, or diemcau bridge replay {bridge}\n\n"
            "diemcau sent this by itself; please do not answer.\n"
        ),
        "too-large": "Bridge {bridge}: events too large to be taken ({n})",
        "too-large-text": (
            "Since {since} events ({n}) of {bridge} were larger than 8 MiB, so that they were not "
            "kept and cannot be replayed. When halls left is read from other evidence.\n\n"
            "1. Look what tells so much: a room that is never empty, or another event_sync than "
            "that of docs/jitsi.md.\n"
            "2. Once you have looked: diemcau bridge discard {bridge}\n\n"
            "diemcau sent this by itself; please do not answer.\n"
        ),
    }
)
WORDS: Mapping[str, Words] = MappingProxyType({"vi": VIETNAMESE, "en": ENGLISH})


async def held_back(conn: Connection, now: datetime) -> dict[str, Held]:
    """Return what receivers hold of each bridge; one not heard of for a day is gone."""
    return await store.list_held(conn, now - GONE)


async def give_order(conn: Connection, bridge: str, action: str, *, by: str, now: datetime) -> int:
    """Order every receiver to replay or discard what it holds of a bridge; return the number.

    Raises:
        BridgeNotFound: there is none of that name.
    """
    await bridge_by_name(conn, bridge)
    held = (await held_back(conn, now)).get(bridge, {})
    detail = {"records": sum(pile.records for pile in held.values())}
    await record(
        conn, actor=by, action=f"bridge.{action}", subject=f"bridge:{bridge}", detail=detail
    )
    return await store.insert_order(conn, bridge, action, now)


async def progress_of(conn: Connection, order: int, now: datetime) -> Progress:
    """Return how far an order has been carried out by the receivers that are alive."""
    return await store.get_progress(conn, order, now - ALIVE)


async def orders_for(conn: Connection, spool: str, now: datetime) -> list[Order]:
    """Return what a receiver is still to do."""
    return await store.list_orders(conn, spool, now - STANDS)


async def tell_held(conn: Connection, now: datetime) -> int:
    """Queue a letter to technicians and administrators, for each time and reason of holding."""
    held = await held_back(conn, now)
    keepers = await store.list_keepers(conn) if held else []
    told = 0
    heaps = [(bridge, why, pile) for bridge, one in held.items() for why, pile in one.items()]
    for bridge, why, pile in heaps:
        for keeper in keepers:
            key = f"quarantine/{bridge}/{why}/{int(pile.since)}/{keeper.id}"
            content = letter(bridge, why, pile, keeper.locale)
            told += await enqueue(conn, key, keeper.email, content, now)
    return told


def letter(bridge: str, why: Why, pile: Pile, locale: str) -> dict[str, str]:
    """Return subject and text."""
    words = WORDS[locale]
    since = datetime.fromtimestamp(pile.since, ZONE).strftime("%H:%M %d/%m/%Y")
    facts = {"bridge": bridge, "n": pile.records, "since": since}
    return {
        "subject": words[why.value].format(**facts),
        "text": words[f"{why.value}-text"].format(**facts),
    }
