"""Texts that people type, as the house keeps them: composed, without edges, without tricks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from meetings.content.secrecy import find_mark
from meetings.kinds import Secrecy
from web.input.strict_json import is_plain


def cleaned(also: str = "") -> Callable[[Any], Any]:
    """Return a validator that composes and strips a text and refuses what cannot be shown."""

    def clean(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if not is_plain(value, also=also):
            raise PydanticCustomError("bad-characters", "control or direction characters")
        return unicodedata.normalize("NFC", value).strip()

    return clean


def without_secrets(value: str) -> str:
    """Return a text, unless it carries a mark of state secrecy."""
    if find_mark(value):
        raise PydanticCustomError("secret-content", "a mark of secrecy")
    return value


def not_secret(value: Any) -> Any:
    """Return the one secrecy there is, also as officials write it; refuse another by naming it."""
    if isinstance(value, str):
        if unicodedata.normalize("NFC", value).strip().lower() in {Secrecy.NONE, "không mật"}:
            return Secrecy.NONE
        raise PydanticCustomError("only-not-secret", "only khong-mat is held here")
    return value


LINE = BeforeValidator(cleaned())
LINES = BeforeValidator(cleaned("\r\n\t"))

NO_SECRETS = AfterValidator(without_secrets)

Title = Annotated[str, Field(strict=True, min_length=1, max_length=300), LINE, NO_SECRETS]
Mail = Annotated[
    str, LINE, Field(strict=True, max_length=200, pattern=r"^([^@\s,;<>]+@[^@\s,;<>]+)?$")
]
Name = Annotated[str, Field(strict=True, min_length=1, max_length=200), LINE]
OpenName = Annotated[Name, NO_SECRETS]
ShortText = Annotated[str, Field(strict=True, max_length=200), LINE]
Who = Annotated[ShortText, NO_SECRETS]
NewLogin = Annotated[
    str, LINE, Field(strict=True, min_length=1, pattern=r"^[a-z0-9][a-z0-9.-]{1,59}$")
]
"""What a login of our own looks like; a directory service knows others too."""
NotSecret = Annotated[Secrecy, BeforeValidator(not_secret)]
LongText = Annotated[str, Field(strict=True, max_length=2000), LINES, NO_SECRETS]
Tag = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=40, pattern=r"^[^;,]+$"),
    LINE,
    AfterValidator(str.lower),
    NO_SECRETS,
]
Reason = Annotated[str, Field(strict=True, max_length=500), LINES, NO_SECRETS]
UnitCode = Annotated[str, Field(strict=True, min_length=1, max_length=40), LINE]
GroupCode = Annotated[str, Field(strict=True, min_length=1, max_length=60), LINE]
BRIDGE_NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"


def bridge_name(value: str) -> str:
    """Return the name of a bridge, which stands in addresses."""
    if not re.fullmatch(BRIDGE_NAME, value):
        raise PydanticCustomError("bad-bridge-name", "no name of a bridge")
    return value


BridgeName = Annotated[
    str,
    Field(strict=True, min_length=1, json_schema_extra={"pattern": BRIDGE_NAME}),
    AfterValidator(bridge_name),
]


def tags_in(text: str) -> list[str]:
    """Return the tags of a text that writes them with commas or semicolons."""
    return [part.strip() for part in re.split(r"[;,]", text) if part.strip()]
