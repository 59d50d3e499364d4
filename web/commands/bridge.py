"""`diemcau bridge check|replay|discard NAME`: ask a bridge everything; mend what was held back."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import aiohttp
import asyncpg

from bridges.entry.snapshot import known_bridges
from bridges.errors import BridgeNotFound
from bridges.inspection.checking import check
from bridges.inspection.listening import news_of
from bridges.jitsi.replies import Answer
from bridges.receiving.holding import give_order, progress_of
from bridges.store.quarantine import Progress
from web.commanding import take_language, words_for
from web.database import Pool, open_pool, transaction
from web.embedded import EmbeddedError
from web.i18n import Catalogue
from web.keyring import key_file
from web.keyring.keyring import KeyringError
from web.rooms.bridge_checks import ourselves_to
from web.settings import Settings
from web.stores import visited_store
from web.wording import check_words
from web.wording.mend_words import mend

USAGE, UNAVAILABLE = 64, 69
PLAIN_FAILURES = (EmbeddedError, KeyringError, asyncpg.PostgresError, OSError)
CHECK = "check"
ACTIONS = (CHECK, "replay", "discard")
PATIENCE = timedelta(seconds=20)
BREATH = timedelta(seconds=0.5)
BY = "program:bridge"


def configure(parser: argparse.ArgumentParser) -> None:
    """Take what to do, the bridge's name and the language; without one LANG decides."""
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("name", help="the bridge's name")
    take_language(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do what is asked; 1 is for a bridge that is to be mended, others where nobody could look."""
    settings.require_store()
    try:
        if args.action == CHECK:
            words = words_for(args, settings)
            say = partial(tell, asyncio.run(ask(settings, args.name)), words)
        else:
            progress = asyncio.run(order(settings, args.name, args.action))
            say = partial(tell_progress, args.action, progress)
    except BridgeNotFound as error:
        print(f"diemcau: {error}", file=sys.stderr)
        return USAGE
    except PLAIN_FAILURES as error:
        print(f"diemcau: {error}", file=sys.stderr)
        return UNAVAILABLE
    return say()


def tell(answers: Sequence[Answer], catalogue: Catalogue) -> int:
    """Print how many answers are how, then each with how to mend what is wrong under it."""
    counts = check_words.tally(answers)
    print(" · ".join(f"{catalogue.gettext(words)}: {number}" for words, number in counts))
    for answer in answers:
        print(*lines(answer, catalogue), sep="\n        → ")
    return 0 if all(answer.well for answer in answers) else 1


def lines(answer: Answer, catalogue: Catalogue) -> Sequence[str]:
    """Return what was found of one part, and what to do where something is to be done.

    What a bridge says of itself reaches a terminal here, so that nothing in it may command one.
    """
    verdict, asked = check_words.VERDICTS[answer.verdict], check_words.ASKED[answer.asked]
    sentence, values = check_words.told(answer)
    told = catalogue.gettext(sentence) % values
    where, advice = check_words.place(answer), mend(answer)
    found = f"{catalogue.gettext(verdict)} · {catalogue.gettext(asked)}: {told}"
    named = found + (f" ({where})" if where else "")
    return [
        "".join(letter if letter.isprintable() else "?" for letter in named),
        *([catalogue.gettext(advice)] if advice else []),
    ]


def tell_progress(action: str, progress: Progress) -> int:
    """Print what the receivers did."""
    by = f"{progress.done} of {progress.receivers} receivers"
    print(f"{action}: {progress.records} events, by {by}")
    return 0 if progress.done and progress.done >= progress.receivers else 1


@asynccontextmanager
async def pool_of(settings: Settings) -> AsyncIterator[Pool]:
    """Give the database to the command."""
    async with (
        visited_store(settings) as store,
        open_pool(store.app_url, largest=1) as pool,
    ):
        yield pool


async def ask(settings: Settings, name: str) -> Sequence[Answer]:
    """Return what the bridge answered.

    Raises:
        BridgeNotFound: there is none of that name.
    """
    now = datetime.now(UTC)
    seal = key_file.load(settings.keys_file).at(now)
    async with pool_of(settings) as pool, transaction(pool) as conn:
        known = (await known_bridges(conn, seal)).get(name)
        news = await news_of(conn, name, now)
    if known is None:
        raise BridgeNotFound(name)
    async with aiohttp.ClientSession() as http:
        return await check(http, known, now, ourselves_to(settings, name, news))


async def order(settings: Settings, name: str, action: str) -> Progress:
    """Order it, and wait a while for the receivers that are alive."""
    async with pool_of(settings) as pool:
        now = datetime.now(UTC)
        async with transaction(pool) as conn:
            number = await give_order(conn, name, action, by=BY, now=now)
        while True:
            async with transaction(pool) as conn:
                progress = await progress_of(conn, number, datetime.now(UTC))
            late = datetime.now(UTC) - now > PATIENCE
            if late or (progress.done and progress.done >= progress.receivers):
                return progress
            await asyncio.sleep(BREATH.total_seconds())
