"""Which of the kinds that can be made a client accepts (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from web.errors import NotAcceptable

LONGEST_HEADER = 1000


def choose_media(request: web.Request, offered: Sequence[str]) -> str:
    """Return the offered kind that the client likes best; of equals the first.

    Raises:
        NotAcceptable: it accepts none of them.
    """
    header = ",".join(request.headers.getall("Accept", ["*/*"]))[:LONGEST_HEADER]
    wishes = [read_wish(part) for part in header.split(",") if part.strip()]
    liked = {media: weight_of(media, wishes) for media in offered}
    best = max(offered, key=lambda media: liked[media])
    if not liked[best]:
        raise NotAcceptable
    return best


def read_wish(part: str) -> tuple[str, float]:
    """Split one part of the header into a kind and its weight."""
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weights = [piece[2:] for piece in parameters if piece.startswith("q=")]
    try:
        weight = float(weights[0]) if weights else 1.0
    except ValueError:
        weight = 0.0
    return kind, weight if 0 <= weight <= 1 else 0.0


def weight_of(media: str, wishes: Sequence[tuple[str, float]]) -> float:
    """Return the weight of the most exact wish that covers the kind."""
    family = media.partition("/")[0]
    for pattern in (media, f"{family}/*", "*/*"):
        weights = [weight for kind, weight in wishes if kind == pattern]
        if weights:
            return max(weights)
    return 0.0
