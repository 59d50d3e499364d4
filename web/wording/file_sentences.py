"""What a person reads about a file that is no table, by its code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from web.i18n import N_

FILES: Mapping[str, str] = MappingProxyType(
    {
        "no-workbook": N_("The file is no Excel workbook that can be read."),
        "no-table": N_("The file holds no table."),
        "not-csv": N_("The file is no CSV."),
        "not-utf-8": N_("The file is not UTF-8. Save it as “CSV UTF-8” and try again."),
        "bomb": N_("The file would unpack to far more than a table needs."),
        "no-calendar": N_("The file is no calendar (.ics) that can be read."),
        "too-many-events": N_("The calendar has more than 2,000 events."),
        "bad-markup": N_("The workbook holds markup that is not read here."),
        "too-many-rows": N_("The file has more than 100,000 rows."),
        "too-many-columns": N_("The file has more than 100 columns."),
        "too-many-cells-in-all": N_("The file has too many cells."),
    }
)
