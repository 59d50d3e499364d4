"""The language in which a command answers whoever typed it."""

from __future__ import annotations

import argparse

from web.i18n import FOLDER, LOCALES, Catalogue, load_catalogue
from web.settings import Settings, wanted_language


def take_language(parser: argparse.ArgumentParser) -> None:
    """Take the language; without one LANG decides."""
    parser.add_argument("--lang", choices=LOCALES, help="vi or en; else as LANG says")


def words_for(args: argparse.Namespace, settings: Settings) -> Catalogue:
    """Return the catalogue of the language that was asked for, else LANG's, else the province's."""
    return load_catalogue(FOLDER, args.lang or wanted_language() or settings.locale)
