"""Facts that stop the handling of a conference's papers."""

from __future__ import annotations

from meetings.errors import MeetingsError


class DocumentNotFound(MeetingsError):
    """There is no such document, or not for this person."""

    code = "document-not-found"


class TooManyDocuments(MeetingsError):
    """A conference holds so many documents and no more."""

    code = "too-many-documents"


class DocumentMissing(MeetingsError):
    """The document is known and its file does not lie on this machine."""

    code = "document-missing"


class UploadsOff(MeetingsError):
    """This installation takes links to the document system only."""

    code = "uploads-off"


class LyingFile(MeetingsError):
    """A file's content is not what its name says, or of a kind that is not taken."""

    code = "lying-file"

    def __init__(self, reason: str) -> None:
        super().__init__(f"not what its name says: {reason}")
        self.reason = reason


class FileTooLarge(MeetingsError):
    """A file is longer than what is taken."""

    code = "file-too-large"


class EmptyFile(MeetingsError):
    """There is nothing in the file."""

    code = "empty-file"


class DiskFull(MeetingsError):
    """There is no room for the file on this machine."""

    code = "disk-full"
