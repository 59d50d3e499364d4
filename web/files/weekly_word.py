"""The weekly work schedule as a Word file, laid out like the paper: A4 across, ready to edit."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, pairwise

from docx import Document
from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from web.files.weekly_file import Sheet, SheetRow

FACE = "Times New Roman"
LANGUAGES = {"vi": "vi-VN", "en": "en-GB"}
LETTER, SMALL, TITLE = Pt(12), Pt(11), Pt(14)
LONG, SHORT = Mm(297), Mm(210)
EDGE, LEFT, RIGHT = Mm(20), Mm(30), Mm(15)
WIDTHS = tuple(map(Mm, (25, 19, 29, 57, 31, 31, 35, 25)))
HALVES = (Mm(104), Mm(148))
SIGNED = Mm(20)
"""The room that a signature needs."""

NO_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
"""What no XML can carry, so no Word file either."""


def document(sheet: Sheet, *, locale: str, made: datetime) -> bytes:
    """Return the document."""
    paper = Document()
    set_up(paper, locale)
    describe(paper, sheet, made)
    write_letterhead(paper, sheet)
    write_heading(paper, sheet)
    write_days(paper, sheet)
    write_signature(paper, sheet)
    content = io.BytesIO()
    paper.save(content)
    return content.getvalue()


def set_up(paper: Doc, locale: str) -> None:
    """Lay the page across, in the face that offices write in, spelled in the reader's language."""
    page = paper.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = LONG, SHORT
    page.left_margin, page.right_margin = LEFT, RIGHT
    page.top_margin = page.bottom_margin = EDGE
    style = paper.styles["Normal"]
    assert isinstance(style, ParagraphStyle)  # noqa: S101 - the library's own template has it so
    style.font.name, style.font.size = FACE, LETTER
    style.paragraph_format.space_after = Pt(0)
    for spelled in paper.styles.element.xpath("w:docDefaults//w:lang"):
        spelled.set(qn("w:val"), LANGUAGES[locale])


def describe(paper: Doc, sheet: Sheet, made: datetime) -> None:
    """Say in the file's properties what it is, instead of what the library's template is."""
    about = paper.core_properties
    about.title = plain(" ".join(filter(None, sheet.heading)))
    about.author = plain(sheet.left[-1])
    about.comments, about.last_modified_by = "", ""
    about.created = about.modified = made


def write_letterhead(paper: Doc, sheet: Sheet) -> None:
    """Write the issuing organ to the left, the nation and its motto to the right."""
    left, right = beside(paper)
    for cell, lines, above in ((left, sheet.left, False), (right, sheet.right, True)):
        first, last = lines
        if first:
            add(cell, first, bold=above)
        add(cell, last, bold=True)
        draw_rule(cell)


def write_heading(paper: Doc, sheet: Sheet) -> None:
    """Write what the document is, whose, and of which week."""
    paper.add_paragraph()
    title, subject, week = sheet.heading
    write(paper.add_paragraph(), title, size=TITLE, bold=True)
    if subject:
        write(paper.add_paragraph(), subject, bold=True)
    write(paper.add_paragraph(), week, italic=True)
    paper.add_paragraph()


def write_days(paper: Doc, sheet: Sheet) -> None:
    """Write the table: a day and a part of it once beside its rows, the head on every page."""
    table = paper.add_table(rows=1, cols=len(WIDTHS), style="Table Grid")
    fix(table, WIDTHS)
    head = table.rows[0]
    mark(head, "w:tblHeader")
    fill(head.cells, sheet.header, middle=len(WIDTHS), bold=True)
    for _, of_day in groupby(sheet.rows, key=lambda one: one.day):
        lines = list(of_day)
        rows = [write_line(table, line) for line in lines]
        join(rows, 0, [line.day for line in lines])
        join(rows, 1, [line.session for line in lines])


def write_line(table: Table, line: SheetRow) -> list[_Cell]:
    """Write one conference, or across the row that there is none; return its cells."""
    row: _Row = table.add_row()  # type: ignore[no-untyped-call] # the library forgot this one
    mark(row, "w:cantSplit")
    cells = list(row.cells)
    if line.empty:
        wide = cells[1].merge(cells[-1])
        write(wide.paragraphs[0], line.empty, size=SMALL, middle=False)
    fill(cells[2:], line.cells, middle=1)
    return cells


def join(rows: Sequence[Sequence[_Cell]], column: int, words: Sequence[str]) -> None:
    """Write words beside all the rows that share them.

    The library's own merging looks for every cell from the top again: seconds for a long week, and
    an error for a thousand rows.
    """
    starts = [at for at, word in enumerate(words) if at == 0 or word != words[at - 1]]
    for start, end in pairwise([*starts, len(rows)]):
        if words[start]:
            first, *others = (row[column] for row in rows[start:end])
            write(first.paragraphs[0], words[start], size=SMALL, bold=True)
            if others:
                first._tc.vMerge = "restart"  # noqa: SLF001 - as its own merging does
            for cell in others:
                cell._tc.vMerge = "continue"  # noqa: SLF001 - as above


def write_signature(paper: Doc, sheet: Sheet) -> None:
    """Write the receivers to the left, place, day and signature to the right."""
    paper.add_paragraph()
    left, right = beside(paper)
    write(left.paragraphs[0], sheet.receivers, bold=True, middle=False)
    add(right, sheet.dated, italic=True)
    *offices, name = sheet.signature
    for words in filter(None, offices):
        add(right, words, bold=True)
    add(right, name, bold=True).paragraph_format.space_before = SIGNED


def beside(paper: Doc) -> tuple[_Cell, _Cell]:
    """Add two halves without lines that stay on one page."""
    table = paper.add_table(rows=1, cols=len(HALVES))
    fix(table, HALVES)
    mark(table.rows[0], "w:cantSplit")
    left, right = table.rows[0].cells
    return left, right


def fix(table: Table, widths: Sequence[Length]) -> None:
    """Hold a table to its widths, whatever is written in it."""
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def fill(cells: Sequence[_Cell], texts: Sequence[str], *, middle: int, bold: bool = False) -> None:
    """Write a text in each cell, the first `middle` of them centred."""
    for at, (cell, words) in enumerate(zip(cells, texts, strict=False)):
        write(cell.paragraphs[0], words, size=SMALL, bold=bold, middle=at < middle)


def add(cell: _Cell, words: str, *, bold: bool = False, italic: bool = False) -> Paragraph:
    """Write one more line in a cell."""
    first = cell.paragraphs[0]
    line: Paragraph = cell.add_paragraph() if first.text else first
    write(line, words, bold=bold, italic=italic)
    return line


def write(
    line: Paragraph,
    words: str,
    *,
    size: Length = LETTER,
    bold: bool = False,
    italic: bool = False,
    middle: bool = True,
) -> None:
    """Write words on a line; what is as in the rest of the paper is not said again."""
    run = line.add_run(plain(words))
    if size is not LETTER:
        run.font.size = size
    if bold:
        run.bold = True
    if italic:
        run.italic = True
    if middle:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER


def plain(words: str) -> str:
    """Return words without what no XML can carry."""
    return NO_XML.sub("", words)


def draw_rule(cell: _Cell) -> None:
    """Draw the line below a letterhead, a third as wide as its half; the library has no call."""
    line = cell.add_paragraph()
    border, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in {"val": "single", "sz": "6", "space": "1", "color": "auto"}.items():
        top.set(qn(f"w:{name}"), value)
    border.append(top)
    line._p.get_or_add_pPr().append(border)  # noqa: SLF001 - the library's way to what it lacks
    inset = Length((cell.width or 0) // 3)
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = inset


def mark(row: _Row, name: str) -> None:
    """Say of a row what the library has no call for: it heads every page, it is not torn."""
    row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001 - as above
