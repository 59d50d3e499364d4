"""With which status each fact about what a conference holds is told."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from meetings.content import (
    agenda_errors,
    document_errors,
    line_test_errors,
    poll_errors,
    template_errors,
    upstream_errors,
)

STATUS: Mapping[type[Exception], HTTPStatus] = MappingProxyType(
    {
        agenda_errors.BadSegments: HTTPStatus.UNPROCESSABLE_ENTITY,
        upstream_errors.UpstreamNotFound: HTTPStatus.NOT_FOUND,
        template_errors.TemplateNotFound: HTTPStatus.NOT_FOUND,
        template_errors.TemplateTaken: HTTPStatus.CONFLICT,
        template_errors.RetiredSites: HTTPStatus.UNPROCESSABLE_ENTITY,
        line_test_errors.LineTestNotFound: HTTPStatus.NOT_FOUND,
        line_test_errors.LineTestExists: HTTPStatus.CONFLICT,
        line_test_errors.LineTestOfATest: HTTPStatus.CONFLICT,
        poll_errors.PollNotFound: HTTPStatus.NOT_FOUND,
        poll_errors.PollOver: HTTPStatus.CONFLICT,
        document_errors.DocumentNotFound: HTTPStatus.NOT_FOUND,
        document_errors.DocumentMissing: HTTPStatus.GONE,
        document_errors.TooManyDocuments: HTTPStatus.CONFLICT,
        document_errors.UploadsOff: HTTPStatus.CONFLICT,
        document_errors.LyingFile: HTTPStatus.UNPROCESSABLE_ENTITY,
        document_errors.DiskFull: HTTPStatus.INSUFFICIENT_STORAGE,
        document_errors.EmptyFile: HTTPStatus.UNPROCESSABLE_ENTITY,
        document_errors.FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    }
)
