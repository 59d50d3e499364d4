"""What a hall reads of the higher conference that is relayed, told from the day's snapshot."""

from __future__ import annotations

from bridges.entry.passes import Occasion
from web.formats import clock_time
from web.wording.speech import Speech


def relayed(occasion: Occasion, speech: Speech) -> str:
    """Return what is relayed, when, by which hall and how it is dialled; "" where nothing is."""
    if not occasion.upstream:
        return ""
    return speech.tell(
        "%(name)s is relayed from %(start)s to %(end)s through %(hall)s (%(address)s).",
        name=occasion.upstream,
        start=clock_time(occasion.relayed_from or occasion.start),
        end=clock_time(occasion.relayed_until or occasion.end),
        hall=occasion.relay_label,
        address=occasion.upstream_address,
    )
