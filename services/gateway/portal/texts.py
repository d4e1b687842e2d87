"""The portal's texts in the languages it speaks: gettext catalogues, one per page set, read once.

A catalogue (``fr.po`` beside the pages that it translates) is read as it is written by translators; there is no
compiled file that could be older than it. English is the language of the code.
"""

import io
from collections.abc import Iterable
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Literal, get_args

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
NAMES: dict[Language, str] = {"en": "English", "fr": "Français"}
HERE = Path(__file__).parent
SOURCE: Language = "en"


def catalogues(language: Language) -> list[Path]:
    """The files that make up a language, in a fixed order: the frame's last, so that its words win."""
    found = sorted(HERE.glob(f"*/{language}.po"))
    return sorted(found, key=lambda one: one.parent.name == "frame")


@cache
def translations(language: Language) -> NullTranslations:
    """The texts of a language, all catalogues together."""
    whole = GNUTranslations()
    whole._catalog = {}  # type: ignore[attr-defined]  # noqa: SLF001 - gettext has no other way to join catalogues
    for file in catalogues(language):
        with file.open("rb") as opened:
            catalogue = read_po(opened, locale=language)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue, use_fuzzy=False)
        compiled.seek(0)
        one = GNUTranslations(compiled)
        whole._catalog.update({k: v for k, v in one._catalog.items() if k != ""})  # type: ignore[attr-defined]  # noqa: SLF001
        whole.plural = one.plural  # type: ignore[attr-defined]
    return whole if language != SOURCE else NullTranslations()


def preferred(accepted: str) -> Language:
    """The best language for an Accept-Language header (RFC 9110, section 12.5.4)."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted[:500].split(",")):
        name, _, quality = part.strip().partition(";q=")
        try:
            wanted.append((-float(quality or 1), place, name.partition("-")[0].lower()))
        except ValueError:
            continue
    return next((known for *_, name in sorted(wanted) if (known := as_language(name))), SOURCE)


def as_language(text: str | None) -> Language | None:
    """The language of that code, if the portal speaks it."""
    return text if text in LANGUAGES else None


def first(candidates: Iterable[Language | None]) -> Language:
    """The first that is one."""
    return next((one for one in candidates if one), SOURCE)
