"""The text as the patterns read it: ASCII digits, plain spaces, hyphens and signs, nothing invisible.

Digits of Thai, Arabic, Khmer, Lao and other scripts, full-width letters, non-breaking spaces and dashes become their
plain twins, one character for one. Invisible characters go; `places` then leads back to the text as it was sent.
"""

import re
import sys
import unicodedata
from functools import cache

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
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


def plain(text: str) -> tuple[str, list[int] | None]:
    """The text to search, and for each of its characters the place in `text` (None: the same place)."""
    if text.isascii():
        return text, None
    places = None
    if INVISIBLE.search(text):
        places = [i for i, char in enumerate(text) if not INVISIBLE.match(char)]
        text = INVISIBLE.sub("", text)
    return text.translate(_table()), places
