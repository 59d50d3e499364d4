"""Our own scripts, styles and pictures, served from memory and cached for ever by content."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from web.errors import PageNotFound
from web.keys import STATICS
from web.permissions import PUBLIC
from web.routes import Routes

FOLDER = Path(__file__).with_name("static")
PREFIX = "/static/"
FOR_EVER = "public, max-age=31536000, immutable"
TEXT_KINDS = ("text/", "application/javascript", "application/json", "image/svg+xml")

routes = Routes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """One file, plain and packed; `packed` is empty where packing does not pay."""

    kind: str
    plain: bytes
    packed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Statics:
    """All files; `release` is a digest of all of them, so that modules may import each other."""

    release: str
    files: Mapping[str, Static]

    def url(self, name: str) -> str:
        """Return the address of a file, which changes whenever any file does.

        Raises:
            KeyError: there is no such file; a template is wrong.
        """
        _ = self.files[name]
        return f"{PREFIX}{self.release}/{name}"


def load_statics(folder: Path = FOLDER) -> Statics:
    """Read every file below the folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): load_static(path) for path in paths}
    digest = hashlib.sha256()
    for name, static in files.items():
        digest.update(name.encode() + b"\0" + static.plain)
    return Statics(release=digest.hexdigest()[:12], files=files)


def load_static(path: Path) -> Static:
    """Read one file and pack it where that saves something."""
    kind = kind_of(path.name)
    plain = path.read_bytes()
    packed = gzip.compress(plain, mtime=0) if kind.startswith(TEXT_KINDS) else b""
    return Static(kind=kind, plain=plain, packed=packed if len(packed) < len(plain) else b"")


def kind_of(name: str) -> str:
    """Return the content type; modules need a JavaScript type to run at all."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


@routes.get(PREFIX + "{name:.+}", allow=PUBLIC)
async def show(request: web.Request) -> web.Response:
    """Serve one file; under the present release it may be kept for ever."""
    statics = request.config_dict[STATICS]
    name = request.match_info["name"]
    release, _, rest = name.partition("/")
    current = release == statics.release
    static = statics.files.get(rest if current else name)
    if static is None:
        raise PageNotFound
    return answer(request, static, FOR_EVER if current else "no-cache")


def answer(request: web.Request, static: Static, cache: str) -> web.Response:
    """Return the file, packed where the browser reads that."""
    pack = bool(static.packed) and "gzip" in request.headers.get("Accept-Encoding", "")
    headers = {"Content-Type": static.kind, "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if pack:
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=static.packed if pack else static.plain, headers=headers)
