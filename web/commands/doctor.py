"""`diemcau doctor`: name every part that is broken, in Vietnamese or English."""

import argparse
import asyncio
from contextlib import aclosing

from web import logs
from web.checkup.examining import examine
from web.checkup.finding import Finding
from web.commanding import take_language, words_for
from web.i18n import Catalogue
from web.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Take the language; without one LANG decides."""
    take_language(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print one line a part; the exit code says whether all are well."""
    settings.require_store()
    logs.configure("error")
    catalogue = words_for(args, settings)
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
