"""kill -9 at every line of adding a file: no row ever stands without its file."""

from __future__ import annotations

from tests.web.test_documents import killed_at

MOST_LINES = 400


async def test_kill_at_any_line_leaves_no_row_without_its_file(conn, database, tmp_path):
    for at in range(1, MOST_LINES):
        if not await killed_at(conn, database, tmp_path / str(at), at):
            break
    else:
        raise AssertionError("the work has more lines than were tried")
