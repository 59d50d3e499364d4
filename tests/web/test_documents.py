"""Files of conferences: what they are, how they are kept, who gets them."""

from __future__ import annotations

import asyncio
import io
import os
import resource
import sys
import zipfile
from collections.abc import AsyncIterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import FormData
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.content.document_errors import EmptyFile, FileTooLarge, LyingFile
from meetings.content.documents import documents_of
from tests.makers import a_conference, a_directory
from web.app import create_app
from web.files import document_files
from web.files.document_files import FOLDER, INCOMING, Incoming, place_of, sweep
from web.files.document_kinds import KINDS, media_of
from web.files.papers import FileQuery, add_file, check_file
from web.settings import Settings

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
LONG_PDF = PDF.replace(b"trailer", b" " * 900_000 + b"trailer")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40
TEXT = "Chương trình hội nghị\n".encode()
TYPES = """<?xml version="1.0"?><Types><Override PartName="/{part}" ContentType=
"application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>"""
PARTS = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}


def office(ending: str, **more: bytes) -> bytes:
    part, kind = PARTS[ending]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(part=part, kind=kind))
        archive.writestr(part, "<x/>")
        for name, content in more.items():
            archive.writestr(name, content)
    return file.getvalue()


GOOD = {
    "pdf": PDF,
    "png": PNG,
    "jpg": JPEG,
    "jpeg": JPEG,
    "txt": TEXT,
    **{ending: office(ending) for ending in PARTS},
}


def written(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("ending", KINDS)
@pytest.mark.parametrize("content", GOOD)
def test_file_is_taken_only_as_what_it_is(tmp_path, ending, content):
    path = written(tmp_path, GOOD[content])
    same = {ending, content} in ({"jpg", "jpeg"}, {ending})

    if same:
        assert media_of(f"Báo cáo.{ending.upper()}", path) == KINDS[ending][0]
    else:
        with pytest.raises(LyingFile):
            media_of(f"Báo cáo.{ending}", path)


@pytest.mark.parametrize(
    "name", ["báo cáo", "run.exe", "page.html", "picture.svg", ".pdf.", "a.docm"]
)
def test_other_endings_are_not_taken(tmp_path, name):
    with pytest.raises(LyingFile):
        media_of(name, written(tmp_path, PDF))


def test_bomb_is_refused_by_its_directory(tmp_path):
    bomb = office("docx", bomb=b"\0" * 64 * 1024**2)

    with pytest.raises(LyingFile) as caught:
        media_of("báo cáo.docx", written(tmp_path, bomb))

    assert caught.value.reason == "bomb"


def test_macros_are_refused(tmp_path):
    with pytest.raises(LyingFile) as caught:
        media_of("báo cáo.xlsx", written(tmp_path, office("xlsx", **{"xl/vbaProject.bin": b"x"})))
    assert caught.value.reason in {"content", "macros"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=400), st.integers(0, 60))
def test_any_bytes_are_judged_without_an_accident(tmp_path, ending, noise, cut):
    path = written(tmp_path, GOOD[ending][:cut] + noise)

    try:
        found = media_of(f"x.{ending}", path)
    except LyingFile:
        found = ""

    assert found in {"", KINDS[ending][0]}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("C:\\Users\\a\\báo cáo.pdf", "báo cáo.pdf"),
        ("../../etc/x.txt", "x.txt"),
        ("a.pdf", "a.pdf"),
    ],
)
def test_name_loses_its_folders(given, expected):
    assert check_file(FileQuery(name=given)).name == expected


async def chunks(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


async def added(conn, data: Path, conference, name="bao-cao.pdf", content=PDF):
    async with Incoming(data) as incoming:
        await incoming.take(chunks(content))
        async with conn.transaction():
            return await add_file(
                conn,
                conference,
                incoming,
                FileQuery(name=name),
                by="program:test",
                now=datetime.now(UTC),
            )


async def test_file_lies_where_its_hash_says_and_nothing_is_left_over(conn, tmp_path):
    await a_directory(conn)
    conference = await a_conference(conn)

    document = await added(conn, tmp_path, conference)

    assert document.sha256
    assert place_of(tmp_path, document.sha256).read_bytes() == PDF
    assert list((tmp_path / FOLDER / INCOMING).iterdir()) == []
    assert await documents_of(conn, conference.id) == [document]


async def test_lying_file_leaves_neither_row_nor_file(conn, tmp_path):
    await a_directory(conn)
    conference = await a_conference(conn)

    with pytest.raises(LyingFile):
        await added(conn, tmp_path, conference, name="bao-cao.docx")

    assert await documents_of(conn, conference.id) == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_too_long_and_empty_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(document_files, "MOST_BYTES", 2000)
    async with Incoming(tmp_path) as incoming:
        with pytest.raises(FileTooLarge):
            await incoming.take(chunks(b"x" * 2001))
    async with Incoming(tmp_path) as incoming:
        with pytest.raises(EmptyFile):
            await incoming.take(chunks(b""))

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_sweep_removes_what_nobody_wants_after_a_day(conn, tmp_path):
    await a_directory(conn)
    conference = await a_conference(conn)
    kept = await added(conn, tmp_path, conference)
    orphan = await added(conn, tmp_path, conference, name="a.txt", content=TEXT)
    await conn.execute("UPDATE documents SET removed_at = now() WHERE id = $1", orphan.id)
    later = datetime.now(UTC) + timedelta(days=2)

    async with conn.transaction():
        early = await sweep(conn, tmp_path, datetime.now(UTC))
        late = await sweep(conn, tmp_path, later)

    assert (early, late) == (0, 1)
    assert place_of(tmp_path, kept.sha256).exists()
    assert not place_of(tmp_path, orphan.sha256).exists()


async def test_sweep_never_takes_a_file_that_is_being_added(conn, pool, tmp_path):
    """The same content, old and unwanted, is added again while the sweep runs."""
    await a_directory(conn)
    conference = await a_conference(conn)
    for _ in range(5):
        orphan = await added(conn, tmp_path, conference)
        await conn.execute("UPDATE documents SET removed_at = now()")
        os.utime(place_of(tmp_path, orphan.sha256), (0, 0))

        async def sweeping():
            async with pool.acquire() as other, other.transaction():
                await sweep(other, tmp_path, datetime.now(UTC))

        document, _ = await asyncio.gather(added(conn, tmp_path, conference), sweeping())

        assert place_of(tmp_path, document.sha256).read_bytes() == PDF


async def killed_at(conn, database: str, data: Path, at: int) -> bool:
    """Kill the adding at a line; check every row; tell whether the line was ever reached."""
    if not await conn.fetchval("SELECT count(*) FROM units"):
        await a_directory(conn)
        await a_conference(conn)
    conference = await conn.fetchval("SELECT id FROM conferences")
    await conn.execute("DELETE FROM documents")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.adding_document",
        database,
        str(data),
        str(conference),
        str(at),
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode in {0, -9}, said.decode()
    for document in await documents_of(conn, conference):
        assert document.sha256
        assert place_of(data, document.sha256).stat().st_size == document.size
    return process.returncode != 0


@pytest.mark.parametrize("at", [20, 60, 90, 10_000])
async def test_kill_leaves_no_row_without_its_file(conn, database, tmp_path, at):
    killed = await killed_at(conn, database, tmp_path, at)

    assert killed == (at < 10_000)
    assert await conn.fetchval("SELECT count(*) FROM documents") == (0 if killed else 1)


class TestOverTheWire:
    @pytest.fixture
    def small_files(self):
        """No file of this process may grow beyond 300 KB inside the block."""

        @contextmanager
        def limited():
            before = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
            try:
                yield
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)

        return limited()

    @pytest.fixture
    def settings(self, tmp_path):
        return Settings.from_environ(
            {
                "DIEMCAU_DATA": str(tmp_path / "data"),
                "DIEMCAU_RECEIVER_PORT": "9",
                "DIEMCAU_UPLOADS": "1",
                "DIEMCAU_DOCUMENT_HOSTS": "qlvb.dienbien.gov.vn",
            }
        )

    @pytest.fixture
    def app(self, settings, database, keyring):
        return create_app(settings, database_url=database, keyring=keyring)

    @pytest.fixture
    async def place(self, client_for, conn):
        await client_for(None)
        conference = await a_conference(conn, start=datetime.now(UTC) + timedelta(hours=2))
        return f"/conferences/{conference.id}/documents"

    async def upload(self, client, place, name, content, *, token=True):
        form = FormData(quote_fields=False)
        if token:
            form.add_field("csrf", client.session.headers["X-CSRF-Token"])
        form.add_field("file", content, filename=name, content_type="application/pdf")
        return await client.post(f"{place}/upload", data=form, allow_redirects=False)

    async def test_full_disk_is_told_and_leaves_nothing(
        self, client_for, place, conn, settings, small_files
    ):
        secretary = await client_for("secretary")
        with small_files:
            page = await self.upload(secretary, place, "a.pdf", LONG_PDF)
            api = await secretary.post(
                f"/api/v1{place.removesuffix('documents')}files?name=a.pdf",
                data=LONG_PDF,
            )

        assert (page.status, "không còn chỗ" in await page.text()) == (507, True)
        assert (api.status, (await api.json())["code"]) == (507, "disk-full")
        assert [one for one in (settings.data / FOLDER).rglob("*") if one.is_file()] == []
        assert await conn.fetchval("SELECT count(*) FROM documents") == 0
        put = await self.upload(secretary, place, "a.pdf", LONG_PDF)
        assert put.status == 303

    async def test_file_comes_back_as_it_went_and_is_never_run(self, client_for, place):
        secretary = await client_for("secretary")

        put = await self.upload(secretary, place, "Báo cáo quý IV.pdf", PDF)
        back = await secretary.get(f"/api/v1{place}/1/content")

        assert put.status == 303
        assert await back.read() == PDF
        assert back.headers["Content-Type"] == "application/pdf"
        assert back.headers["Content-Disposition"] == (
            "attachment; filename*=UTF-8''B%C3%A1o%20c%C3%A1o%20qu%C3%BD%20IV.pdf"
        )
        assert back.headers["Content-Security-Policy"].startswith("sandbox;")
        assert back.headers["X-Content-Type-Options"] == "nosniff"

    async def test_lying_ending_is_told_on_the_page_and_in_the_api(self, client_for, place, conn):
        secretary = await client_for("secretary")

        page = await self.upload(secretary, place, "bao-cao.docx", PDF)
        api = await secretary.post(
            f"/api/v1{place.replace('documents', 'files')}?name=bao-cao.docx",
            data=PDF,
            headers={"Content-Type": "application/octet-stream"},
        )

        assert page.status == 422
        assert "không đúng với đuôi tệp" in await page.text()
        assert (api.status, (await api.json())["code"]) == (422, "lying-file")
        assert await conn.fetchval("SELECT count(*) FROM documents") == 0

    async def test_form_without_its_token_first_is_refused(self, client_for, place, conn):
        secretary = await client_for("secretary")

        answer = await self.upload(secretary, place, "bao-cao.pdf", PDF, token=False)

        assert answer.status == 403
        assert await conn.fetchval("SELECT count(*) FROM documents") == 0

    @pytest.mark.parametrize("name", ["a\u202efdp.txt", "(Mật) báo cáo.pdf"])
    async def test_odd_and_secret_names_are_refused(self, client_for, place, name):
        secretary = await client_for("secretary")

        answer = await self.upload(secretary, place, name, PDF)

        assert answer.status == 422

    async def test_link_is_taken_from_the_document_system_only(self, client_for, place):
        secretary = await client_for("secretary")
        codes = []
        for url in (
            "https://qlvb.dienbien.gov.vn/vb/1",
            "https://qlvb.dienbien.gov.vn.evil.example/1",
            "https://a@qlvb.dienbien.gov.vn/1",
            "javascript:alert(1)",
            "//qlvb.dienbien.gov.vn/1",
        ):
            answer = await secretary.post(f"/api/v1{place}", json={"name": "Báo cáo", "url": url})
            codes.append(answer.status)

        assert codes == [201, 422, 422, 422, 422]

    async def test_papers_are_for_those_invited_and_written_by_the_host(self, client_for, place):
        secretary = await client_for("secretary")
        await self.upload(secretary, place, "bao-cao.pdf", PDF)
        stranger = await client_for("secretary", unit="03158")
        technician = await client_for("technician")

        seen = await technician.get(f"/api/v1{place}/1/content")
        hidden = [await stranger.get(f"/api/v1{place}{tail}") for tail in ("", "/1/content")]
        written = await self.upload(technician, place, "a.pdf", PDF)

        assert seen.status == 200
        assert [answer.status for answer in hidden] == [404, 404]
        assert written.status == 403

    async def test_removed_document_is_gone(self, client_for, place):
        secretary = await client_for("secretary")
        await self.upload(secretary, place, "bao-cao.pdf", PDF)

        await secretary.delete(f"/api/v1{place}/1")

        assert (await secretary.get(f"/api/v1{place}/1/content")).status == 404
        assert (await (await secretary.get(f"/api/v1{place}")).json())["items"] == []


async def test_files_are_not_taken_unless_asked_for(client_for, conn):
    secretary = await client_for("secretary")
    conference = await a_conference(conn, start=datetime.now(UTC) + timedelta(hours=2))

    answer = await secretary.post(
        f"/api/v1/conferences/{conference.id}/files?name=a.pdf",
        data=PDF,
        headers={"Content-Type": "application/octet-stream"},
    )

    assert (answer.status, (await answer.json())["code"]) == (409, "uploads-off")
