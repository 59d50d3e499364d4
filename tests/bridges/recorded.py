"""What real Prosody servers sent, scene by scene, as recorded on the wire."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

SAMPLES = Path(__file__).parent / "samples"
RESERVATION = "/conference"
EVENTS = "/events/"
ODD = (
    b"null",
    b"{}",
    b"[]",
    b"-1",
    b"1e400",
    b'"',
    b"\\u0000",
    b"\\ud800",
    b"%00",
    b"%ff",
    b"&name=",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One request as it arrived, byte for byte."""

    scene: str
    method: str
    path: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def event_path(self) -> str:
        return self.path.removeprefix(EVENTS)


def scene(name: str) -> list[Recorded]:
    """Return the requests of one scene, in the order of their arrival."""
    told = json.loads((SAMPLES / f"{name}.json").read_text())
    return [recorded(told["scene"], request) for request in told["requests"]]


def recorded(name: str, request: dict[str, Any]) -> Recorded:
    method, path, _ = request["request_line"].split(" ")
    headers = dict(line.split(": ", 1) for line in request.get("headers", ()))
    return Recorded(
        scene=name, method=method, path=path, body=request["body"].encode(), headers=headers
    )


def everything() -> Iterator[Recorded]:
    """Return every recorded request to our endpoints."""
    for path in sorted(SAMPLES.glob("*.json")):
        yield from scene(path.stem)


def reservations() -> list[Recorded]:
    return [one for one in everything() if one.method == "POST" and one.path == RESERVATION]


def events() -> list[Recorded]:
    return [one for one in everything() if one.path.startswith(EVENTS)]


@st.composite
def mutated(draw: st.DrawFn, requests: Sequence[Recorded]) -> tuple[Recorded, bytes]:
    """Draw a recorded request, and its body with a stretch put out, doubled or replaced."""
    one = draw(st.sampled_from(requests))
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(one.body))] * 2)))
    odd = st.binary(max_size=8) | st.sampled_from(ODD) | st.just(one.body[start:end] * 2)
    return one, one.body[:start] + draw(odd) + one.body[end:]
