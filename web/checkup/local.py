"""What lies on this machine's disk: folder, keys, the server's files, spools."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bridges.spooling.segment import length_of
from bridges.spooling.spool import SUFFIX
from web.backup.swapping import is_kept
from web.checkup.finding import Finding, broken, well
from web.embedded import NoServerFound
from web.embedded.binaries import find_wheel, newest
from web.formats import day_and_time
from web.i18n import N_
from web.keyring import key_file
from web.keyring.keyring import Keyring, KeyringError
from web.settings import Settings

LEAST_FREE_BYTES = 1024**3
DEEP_SPOOL_BYTES = 64 * 1024**2
MEGABYTE = 1024**2
LATE = timedelta(hours=1)


def look_at_folder(data: Path) -> Finding:
    """Look at the data folder and the disk under it."""
    part = N_("data folder")
    if not data.is_dir():
        return broken(part, N_("%(folder)s does not exist: start the service once"), folder=data)
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        return broken(part, N_("%(folder)s cannot be written by this user"), folder=data)
    free = shutil.disk_usage(data).free
    if free < LEAST_FREE_BYTES:
        sentence = N_("%(folder)s has only %(free)s MB of free disk left: make room")
        return broken(part, sentence, folder=data, free=free // MEGABYTE)
    sentence = N_("%(folder)s can be written, %(free)s MB are free")
    return well(part, sentence, folder=data, free=free // MEGABYTE)


def look_at_keys(path: Path) -> Finding:
    """Look at the key file."""
    part = N_("keys")
    try:
        ring = key_file.load(path)
    except KeyringError as error:
        return broken(part, N_("the key file cannot be used: %(reason)s"), reason=error)
    return judge_keys(path, ring, datetime.now(UTC))


def judge_keys(path: Path, ring: Keyring, now: datetime) -> Finding:
    """Tell which keys the file holds, and whether one is left that should be gone."""
    part, used = N_("keys"), ring.at(now)
    for key in used.ended:
        if key.until is not None and key.until + LATE < now:
            sentence = N_(
                "key %(name)s ended at %(moment)s and is still in %(path)s: does the service run, "
                "and may it write that file?"
            )
            name, moment = ring.fingerprint_of(key), day_and_time(key.until)
            return broken(part, sentence, name=name, moment=moment, path=path)
    values = {"path": path, "count": len(ring.keys), "fingerprint": used.fingerprint()}
    ends = [key.until for key in used.keys if key.until is not None]
    if ends:
        sentence = N_(
            "the key file %(path)s holds %(count)s keys, %(fingerprint)s is used, and what was "
            "made with another is good until %(moment)s"
        )
        return well(part, sentence, **values, moment=day_and_time(max(ends)))
    sentence = N_("the key file %(path)s holds %(count)s keys, the newest is %(fingerprint)s")
    return well(part, sentence, **values)


def look_at_major(settings: Settings) -> Finding | None:
    """Return why our own server cannot start on the data that is there, if so."""
    part = N_("database")
    version = settings.data / "cluster" / "data" / "PG_VERSION"
    try:
        if not settings.is_embedded:
            return None
        ours = newest(find_wheel()).major
        found = version.read_text().strip() if version.exists() else ours
    except NoServerFound as error:
        return broken(part, N_("the embedded PostgreSQL is missing: %(reason)s"), reason=error)
    except OSError as error:
        return broken(part, N_("the database's files cannot be read: %(reason)s"), reason=error)
    if found == ours:
        return None
    sentence = N_(
        "the data is of PostgreSQL %(found)s and this program brings %(ours)s: make a backup with "
        "the program that wrote it, and restore it here into an empty data folder (%(folder)s)"
    )
    return broken(part, sentence, found=found, ours=ours, folder=version.parent)


def spool_depth(data: Path) -> int:
    """Return how many bytes of events lie in the spools of the data folder."""
    folders = (one for one in data.iterdir() if one.is_dir() and is_kept(one.name))
    return sum(length_of(path) for one in folders for path in one.rglob(f"*{SUFFIX}"))


def look_at_spools(data: Path) -> Finding:
    """Look at how much the receiver has written that may not be in the database yet."""
    part = N_("spools")
    try:
        depth = spool_depth(data) if data.is_dir() else 0
    except OSError as error:
        return broken(part, N_("the spools cannot be read: %(reason)s"), reason=error)
    sentence = N_("%(depth)s kB of events are kept on disk")
    if depth > DEEP_SPOOL_BYTES:
        sentence = N_("%(depth)s kB of events wait on disk: are they drained into the database?")
    judge = broken if depth > DEEP_SPOOL_BYTES else well
    return judge(part, sentence, depth=depth // 1024)
