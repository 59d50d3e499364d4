"""What pydantic finds wrong with a form, in our own stable codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

# What pydantic finds, in our stable codes; our own validators raise these codes themselves.
CODES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "required",
        "string_too_short": "required",
        "extra_forbidden": "unknown-field",
        "string_too_long": "too-long",
        "too_long": "too-many",
        "too_short": "required",
        "enum": "not-a-choice",
        "literal_error": "not-a-choice",
        "greater_than_equal": "out-of-range",
        "less_than_equal": "out-of-range",
        "string_pattern_mismatch": "bad-form-of-text",
        "string_unicode": "bad-characters",
        "string_type": "not-a-text",
        "int_type": "not-a-number",
        "int_parsing": "not-a-number",
        "int_from_float": "not-a-number",
        "float_type": "not-a-number",
        "float_parsing": "not-a-number",
        "finite_number": "not-a-number",
        "bool_type": "not-yes-or-no",
        "bool_parsing": "not-yes-or-no",
        "list_type": "not-a-list",
        "model_type": "not-an-object",
        "model_attributes_type": "not-an-object",
    }
)
OWN = frozenset(
    {
        "required",
        "too-short",
        "bad-characters",
        "bad-time",
        "naive-time",
        "bad-cursor",
        "bad-date",
        "far-date",
        "bad-address",
        "bad-algorithm",
        "bad-bridge-name",
        "bad-domain",
        "bad-gateway",
        "bad-network",
        "bad-secret",
        "secret-content",
        "secrecy-unconfirmed",
        "only-not-secret",
    }
)


def code_of(kind: str) -> str:
    """Return our code for a kind of finding."""
    return kind if kind in OWN else CODES.get(kind, "wrong")


def values_in(context: Mapping[str, Any]) -> tuple[tuple[str, object], ...]:
    """Return what the sentence of a finding names: how many fit, what can be chosen, bounds."""
    choices = re.findall(r"'([^']+)'", str(context.get("expected", "")))
    values = {
        "most": context.get("max_length"),
        "least": context.get("min_length"),
        "choices": ", ".join(choices) or None,
        "lowest": context.get("ge"),
        "highest": context.get("le"),
        "days": context.get("days"),
        "month": context.get("month"),
        "hall": context.get("hall"),
        "level": context.get("level"),
        "first": context.get("first"),
        "second": context.get("second"),
    }
    return tuple((name, value) for name, value in values.items() if value is not None)
