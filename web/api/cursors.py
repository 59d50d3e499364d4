"""Pages of long lists: an opaque word says where the next page begins."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from web.input.forms import LARGEST_ID, Body
from web.input.typed import Number

LONGEST = 64
LARGEST_PAGE = 200
USUAL_PAGE = 100
PLACE = re.compile(rb"after ([1-9][0-9]{0,9})")


def write_cursor(last: int) -> str:
    """Return the word that asks for what follows the item of that id."""
    return base64.urlsafe_b64encode(b"after %d" % last).decode().rstrip("=")


def read_cursor(value: Any) -> int:
    """Return the id of the last item that was seen."""
    try:
        place = base64.urlsafe_b64decode(str(value)[:LONGEST] + "==")
    except (binascii.Error, ValueError):
        place = b""
    match = PLACE.fullmatch(place)
    if match is None or int(match[1]) > LARGEST_ID:
        raise PydanticCustomError("bad-cursor", "not a place of ours")
    return int(match[1])


Cursor = Annotated[int | None, BeforeValidator(read_cursor), WithJsonSchema({"type": "string"})]
Limit = Annotated[Number, Field(ge=1, le=LARGEST_PAGE)]


class PageQuery(Body):
    """Which part of a list: `limit` items after the place that the last answer's `next` names."""

    limit: Limit = USUAL_PAGE
    next: Cursor = None


def next_of(ids: list[int], limit: int) -> str | None:
    """Return the next page's cursor if a full page and one more item were found."""
    return write_cursor(ids[limit - 1]) if len(ids) > limit else None
