"""Papers of a conference: added, listed, removed; the files themselves are the caller's care."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from meetings.audit import record_beside
from meetings.content.document_errors import DocumentNotFound, TooManyDocuments
from meetings.content.secrecy import find_mark
from meetings.errors import SecretContent
from meetings.model import Conference, ConferenceId
from meetings.store import Connection
from meetings.store import documents as store
from meetings.store.documents import Document, NewDocument

MOST = 200

__all__ = ["Document", "NewDocument", "StoredFile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that lies safely in its place."""

    sha256: bytes
    size: int
    media: str


async def documents_of(conn: Connection, conference: ConferenceId) -> list[Document]:
    """Return a conference's papers in the order they came."""
    return await store.list_documents(conn, conference)


async def document_of(conn: Connection, conference: ConferenceId, document: int) -> Document:
    """Return one document.

    Raises:
        DocumentNotFound: the conference has none of that id.
    """
    found = await store.find_document(conn, conference, document)
    if found is None:
        raise DocumentNotFound
    return found


async def add_document(
    conn: Connection, conference: Conference, new: NewDocument, *, by: str, now: datetime
) -> Document:
    """Add a document.  For a file, hold the files' lock, and have the file in its place.

    Raises:
        SecretContent: its name carries a mark of secrecy.
        TooManyDocuments: the conference has as many as it takes.
    """
    if mark := find_mark(new.name):
        raise SecretContent("name", mark)
    if len(await store.list_documents(conn, conference.id)) >= MOST:
        raise TooManyDocuments
    document = await store.insert_document(conn, conference.id, new, by=by, now=now)
    await _tell(conn, conference, "document.add", document, by=by)
    return document


async def remove_document(
    conn: Connection, conference: Conference, document: int, *, by: str, now: datetime
) -> None:
    """Take a document away; its file is swept later.

    Raises:
        DocumentNotFound: the conference has none of that id.
    """
    found = await document_of(conn, conference.id, document)
    await store.save_removed(conn, found.id, at=now)
    await _tell(conn, conference, "document.remove", found, by=by)


async def lock_files_to_add(conn: Connection) -> None:
    """Keep the sweep away until the transaction ends; many may add at a time."""
    await store.lock_files_shared(conn)


async def wanted_files(conn: Connection) -> frozenset[bytes]:
    """Return the hashes of all files in use, and let nobody add one until the transaction ends."""
    await store.lock_files(conn)
    return await store.list_hashes(conn)


async def _tell(
    conn: Connection, conference: Conference, action: str, document: Document, *, by: str
) -> None:
    told: dict[str, object] = {"document": document.id, "name": document.name}
    if document.sha256:
        told |= {"sha256": document.sha256.hex(), "bytes": document.size}
    await record_beside(conn, conference, action, by=by, **told)
