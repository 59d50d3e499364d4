"""Documents of conferences: their rows, and which files are still wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from meetings.model import ConferenceId
from meetings.store import Connection

LIST_DOCUMENTS = """
    SELECT id, name, url, sha256, bytes, media, added_by, added_at, tier FROM documents
     WHERE conference_id = $1 AND removed_at IS NULL ORDER BY id
"""
FIND_DOCUMENT = """
    SELECT id, name, url, sha256, bytes, media, added_by, added_at, tier FROM documents
     WHERE conference_id = $1 AND id = $2 AND removed_at IS NULL
"""
INSERT_DOCUMENT = """
    INSERT INTO documents (conference_id, name, url, sha256, bytes, media, added_by, added_at,
                           tier)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    RETURNING id, name, url, sha256, bytes, media, added_by, added_at, tier
"""
SAVE_REMOVED = "UPDATE documents SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL"
LIST_HASHES = """
    SELECT DISTINCT sha256 FROM documents WHERE removed_at IS NULL AND sha256 IS NOT NULL
"""
FILES_LOCK = 0x66696C6573
LOCK_FILES = "SELECT pg_advisory_xact_lock($1)"
LOCK_FILES_SHARED = "SELECT pg_advisory_xact_lock_shared($1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A document to be added: an address, or a file that lies in its place."""

    name: str
    url: str | None = None
    sha256: bytes | None = None
    size: int | None = None
    media: str = ""
    tier: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document of a conference."""

    id: int
    name: str
    url: str | None
    sha256: bytes | None
    size: int | None
    media: str
    added_by: str
    added_at: datetime
    tier: int | None = None


def document_from_row(row: asyncpg.Record | None) -> Document:
    """Return the document of a row that spells the columns out as above."""
    if row is None:
        raise LookupError("no row came back")
    return Document(
        id=row["id"],
        name=row["name"],
        url=row["url"],
        sha256=row["sha256"],
        size=row["bytes"],
        media=row["media"],
        added_by=row["added_by"],
        added_at=row["added_at"],
        tier=row["tier"],
    )


async def list_documents(conn: Connection, conference: ConferenceId) -> list[Document]:
    """Return the documents that were not removed."""
    return [document_from_row(row) for row in await conn.fetch(LIST_DOCUMENTS, conference)]


async def find_document(
    conn: Connection, conference: ConferenceId, document: int
) -> Document | None:
    """Return one document that was not removed."""
    row = await conn.fetchrow(FIND_DOCUMENT, conference, document)
    return document_from_row(row) if row else None


async def insert_document(
    conn: Connection, conference: ConferenceId, new: NewDocument, *, by: str, now: datetime
) -> Document:
    """Write one document."""
    row = await conn.fetchrow(
        INSERT_DOCUMENT,
        conference,
        new.name,
        new.url,
        new.sha256,
        new.size,
        new.media,
        by,
        now,
        new.tier,
    )
    return document_from_row(row)


async def save_removed(conn: Connection, document: int, *, at: datetime) -> None:
    """Note since when a document is gone."""
    await conn.execute(SAVE_REMOVED, document, at)


async def list_hashes(conn: Connection) -> frozenset[bytes]:
    """Return the hashes of every file that some document stands on."""
    return frozenset(row["sha256"] for row in await conn.fetch(LIST_HASHES))


async def lock_files(conn: Connection) -> None:
    """Keep everybody else from adding or sweeping files until the transaction ends."""
    await conn.execute(LOCK_FILES, FILES_LOCK)


async def lock_files_shared(conn: Connection) -> None:
    """Keep the sweep away until the transaction ends."""
    await conn.execute(LOCK_FILES_SHARED, FILES_LOCK)
