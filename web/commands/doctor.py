"""`diemcau doctor`: name every part that is broken, in Vietnamese or English."""

import argparse
import asyncio
from contextlib import aclosing

from web import logs
from web.checkup.examining import examine
from web.checkup.finding import Finding
from web.i18n import FOLDER, LOCALES, Catalogue, load_catalogue
from web.settings import Settings, wanted_language


def configure(parser: argparse.ArgumentParser) -> None:
    """Take the language; without one LANG decides."""
    parser.add_argument("--lang", choices=LOCALES, help="vi or en; else as LANG says")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print one line a part; the exit code says whether all are well."""
    settings.require_store()
    logs.configure("error")
    catalogue = load_catalogue(FOLDER, args.lang or wanted_language() or settings.locale)
    return asyncio.run(report(settings, catalogue))


async def report(settings: Settings, catalogue: Catalogue) -> int:
    """Print findings as they are made."""
    broken = 0
    async with aclosing(examine(settings)) as findings:
        async for finding in findings:
            print(line(finding, catalogue), flush=True)
            broken += not finding.well
    return 1 if broken else 0


def line(finding: Finding, catalogue: Catalogue) -> str:
    """Return one finding as a person reads it."""
    sentence = catalogue.gettext(finding.sentence)
    text = logs.scrub_text(sentence % finding.values if finding.values else sentence)
    return f"{'✓' if finding.well else '✗'} {catalogue.gettext(finding.part)}: {text}"
