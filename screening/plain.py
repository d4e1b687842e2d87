"""The text as the patterns read it: ASCII digits, plain spaces, hyphens and signs, nothing invisible.

Digits of Thai, Arabic, Khmer, Lao and other scripts, full-width letters, non-breaking spaces and dashes become their
plain twins, one character for one. Invisible characters go; `places` then leads back to the text as it was sent.
"""

import re
import sys
import unicodedata
from functools import cache

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
SELECTORS = "\u034f\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Invisible, and yet marks to Unicode: the grapheme joiner and what chooses between the forms of a character."""
SIGNS = {
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "−": "-",
    "’": "'",
    "‘": "'",
    "«": "<",
    "‹": "<",
    "º": "°",
}


@cache
def _table() -> dict[int, str]:
    table = {ord(sign): plain for sign, plain in SIGNS.items()}
    for point in range(0x80, sys.maxunicode + 1):
        char = chr(point)
        if unicodedata.category(char) == "Nd":
            table[point] = str(unicodedata.digit(char))
        elif unicodedata.category(char) == "Zs":
            table[point] = " "
    # Full-width forms are ASCII moved by a fixed distance.
    return {**{point: chr(point - 0xFEE0) for point in range(0xFF01, 0xFF5F)}, **table}


@cache
def _invisible() -> re.Pattern[str]:
    """Controls besides tab and line ends, formats (joiners, directions, tags), selectors."""
    formats = (chr(point) for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point)) == "Cf")
    return re.compile(f"[{CONTROLS.pattern[1:-1]}{SELECTORS}{re.escape(''.join(formats))}]")


def plain(text: str) -> tuple[str, list[int] | None]:
    """The text to search, and for each of its characters the place in `text` (None: the same place)."""
    if text.isascii() and not CONTROLS.search(text):
        return text, None
    places, invisible = None, _invisible()
    if invisible.search(text):
        places = [i for i, char in enumerate(text) if not invisible.match(char)]
        text = invisible.sub("", text)
    return text.translate(_table()), places
