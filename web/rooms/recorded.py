"""What a bridge's recorder tells of a finished file; the script of deploy/jitsi posts it.

It presents the bridge's secret of reservation calls: of the three it is the one that does the
least harm on one more machine.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import AfterValidator, Field

from bridges.control.recording_rules import NewRecording
from bridges.control.recordings import take_in
from bridges.jitsi.names import read_room
from web.errors import BadForm, UnsupportedBody
from web.files.papers import check_host, web_address
from web.input.forms import Body, parse_form
from web.input.posted import posted
from web.input.words import LINE
from web.keys import CLOCK
from web.permissions import BRIDGE
from web.rooms.reservations import authorise
from web.routes import Routes
from web.transactions import transaction

routes = Routes("/bridges/{bridge}/recordings")

FORM = "application/x-www-form-urlencoded"
LARGEST_FILE = 1 << 50
LONGEST_SECONDS = 7 * 86_400
CLOCKS_DIFFER = timedelta(hours=1)
PART = r"^[^/\\.][^/\\]*$"
"""A name without a way out of its folder."""


def url_or_none(value: str) -> str:
    """Return an address of the web, or "" where the file has none."""
    return web_address(value) if value else ""


class RecordingBody(Body):
    """A recording as it is told, in the fields of a form."""

    room: Annotated[str, Field(min_length=1, max_length=200), LINE]
    folder: Annotated[str, Field(max_length=200, pattern=PART), LINE]
    name: Annotated[str, Field(max_length=200, pattern=PART), LINE]
    bytes: Annotated[int, Field(ge=1, le=LARGEST_FILE)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    seconds: Annotated[int, Field(ge=0, le=LONGEST_SECONDS)] | None = None
    recorded_at: Annotated[int, Field(ge=0, le=4_000_000_000)]
    url: Annotated[str, Field(max_length=2000), LINE, AfterValidator(url_or_none)] = ""

    def recording(self) -> NewRecording:
        """Return the recording; its moment comes in seconds since 1970."""
        return NewRecording(
            folder=self.folder,
            name=self.name,
            size=self.bytes,
            sha256=bytes.fromhex(self.sha256),
            seconds=self.seconds,
            url=self.url,
            recorded_at=datetime.fromtimestamp(self.recorded_at, UTC),
        )


@routes.post("", allow=BRIDGE)
async def tell(request: web.Request) -> web.Response:
    """Write a recording down: 201 for a new one, 200 for one that was told before."""
    bridge = await authorise(request)
    if request.content_type != FORM:
        raise UnsupportedBody
    given = {name: value for name, value in (await posted(request)).items() if value != ""}
    body, now = parse_form(RecordingBody, given), request.config_dict[CLOCK]()
    if body.url:
        check_host(request, body.url)
    new = body.recording()
    if new.recorded_at > now + CLOCKS_DIFFER:
        raise BadForm({"recorded_at": "out-of-range"})
    async with transaction(request) as conn:
        conference, number, fresh = await take_in(conn, bridge, read_room(body.room), new, now=now)
    status = HTTPStatus.CREATED if fresh else HTTPStatus.OK
    return web.json_response({"conference": conference, "recording": number}, status=status)
