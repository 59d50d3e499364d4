"""The program that reads one file from its input and answers its table as JSON.

The service lets a child process do that (web/files/reading_tables.py), so that the worst file
costs a child.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from typing import Any

from web.files.archives import check_archive
from web.files.tables import BadTable, Table, is_calendar, is_workbook
from web.files.tabular import csv_rows, table_of, workbook_rows

LONGEST_SECONDS = 60
MOST_MEMORY = 1024**3


def read_table(content: bytes) -> Table:
    """Return the table in a file.

    Raises:
        BadTable: it is none, or larger than any we take.
    """
    if is_workbook(content):
        check_archive(content)
        return table_of(workbook_rows(content))
    if is_calendar(content):
        from web.files.calendar_files import calendar_table  # noqa: PLC0415 - only for calendars

        return calendar_table(content)
    return table_of(csv_rows(content))


def limit() -> None:
    """Bound this process; it serves one file and ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_SECONDS, LONGEST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read a file from the input; write the table, or what is wrong, as JSON."""
    limit()
    try:
        table = read_table(sys.stdin.buffer.read())
    except BadTable as error:
        answer: dict[str, Any] = {"code": error.code, "detail": error.detail}
    else:
        answer = asdict(table)
    json.dump(answer, sys.stdout, ensure_ascii=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
