"""Any province's units, out of the data of the package vietnamadminunits where it is installed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from meetings.directory.unit_rows import KINDS, REFORM, UnitRow
from meetings.errors import ProvinceNotFound, ProvincesUnavailable
from meetings.model import UnitKind

PACKAGE = "vietnamadminunits"

# Source: vietnamadminunits 1.0.4, data/dataset.db.
LIST_WARDS = """
    SELECT province, wardCode, ward, wardType, wardLat, wardLon
      FROM admin_units WHERE provinceCode = ? ORDER BY wardCode
"""


def province_rows(code: str) -> tuple[UnitRow, ...]:
    """Return a province and its communes as they are since the reform.

    Raises:
        ProvincesUnavailable: the package is not installed.
        ProvinceNotFound: it knows no province of that code.
    """
    with closing(sqlite3.connect(f"{data_file().as_uri()}?mode=ro", uri=True)) as data:
        found = data.execute(LIST_WARDS, (code,)).fetchall()
    if not found:
        raise ProvinceNotFound(code)
    name = str(found[0][0])
    province = UnitRow(line=1, code=code, name=name, full_name=name, kind=UnitKind.PROVINCE)
    return (province, *(_ward(line, code, ward) for line, ward in enumerate(found, start=2)))


def data_file() -> Path:
    """Return where the package keeps its data; it is not imported, for it brings numpy along."""
    spec = find_spec(PACKAGE)
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise ProvincesUnavailable(PACKAGE)
    return Path(folders[0]).absolute() / "data" / "dataset.db"


def _ward(line: int, province: str, ward: Sequence[object]) -> UnitRow:
    _, code, full_name, kind, latitude, longitude = ward
    return UnitRow(
        line=line,
        code=str(code),
        name=str(full_name).removeprefix(f"{kind} "),
        full_name=str(full_name),
        kind=KINDS[str(kind).lower()],
        parent=province,
        latitude=_degrees(latitude),
        longitude=_degrees(longitude),
        valid_from=REFORM,
    )


def _degrees(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
