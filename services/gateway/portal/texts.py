"""The portal's texts in the languages it speaks: gettext catalogues, one per page set, read once.

A catalogue (``fr.po`` beside the pages that it translates) is read as it is written by translators; there is no
compiled file that could be older than it. English is the language of the code.
"""

import io
from collections.abc import Iterable
from copy import copy
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


@cache
def catalogue(language: Language, name: str) -> GNUTranslations | None:
    """The texts of one page set; None where it has none of its own."""
    file = HERE / name / f"{language}.po"
    if not file.exists():
        return None
    with file.open("rb") as opened:
        read = read_po(opened, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, read, use_fuzzy=False)
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def translations(language: Language, name: str = "frame") -> NullTranslations:
    """The texts of a language as the page set ``name`` says them: its own first, then the frame's, then the others'.

    The same English word may mean two things on two pages: "Change" is a button here and a difference there.
    """
    if language == SOURCE:
        return NullTranslations()
    others = sorted(file.parent.name for file in HERE.glob(f"*/{language}.po"))
    whole = NullTranslations()
    for one in dict.fromkeys((name, "frame", *others)):
        texts = catalogue(language, one)
        if texts is not None:
            whole.add_fallback(_alone(texts))
    return whole


def _alone(texts: GNUTranslations) -> GNUTranslations:
    """A copy that falls back to nothing yet: each chain has its own order."""
    copied = copy(texts)
    copied._fallback = None  # type: ignore[attr-defined]  # noqa: SLF001 - add_fallback would lengthen a shared chain
    return copied


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
