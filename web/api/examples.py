"""Examples in the OpenAPI document, by the names of the models they are of.

They stand in `examples.json` as they go over the wire; the tests post them and hold the answers to
them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

Told = Mapping[str, Any]

_READ = json.loads(Path(__file__).with_name("examples.json").read_text("utf-8"))
BODIES: Told = _READ["bodies"]
ANSWERS: Told = _READ["answers"]
REFUSALS: Mapping[str, Mapping[str, Told]] = _READ["refusals"]
"""By the model of the body that was refused, and by status: problems by their codes."""


def example(model: type[BaseModel], told: Told) -> dict[str, Any]:
    """Return what a media type says of its example, nothing where there is none."""
    return {"example": told[model.__name__]} if model.__name__ in told else {}


def refusals(model: type[BaseModel] | None, status: int) -> dict[str, Any]:
    """Return what a media type says of examples of a refusal, nothing where there is none."""
    found = REFUSALS.get(model.__name__, {}).get(str(status), {}) if model else {}
    return {"examples": {code: {"value": one} for code, one in found.items()}} if found else {}
