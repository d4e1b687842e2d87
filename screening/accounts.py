"""Card numbers (ISO/IEC 7812, Luhn) and IBANs (ISO 13616, remainder 1 by 97): both carry their own proof."""

import re
from collections.abc import Iterator

from stdnum import luhn

from screening.hit import Span
from screening.iban_lengths import LENGTHS

# 13 to 19 digits in groups of three or more; the first digit of payment cards is 3 to 6 (and 2 for some).
CARD = re.compile(r"(?<![\w.,-])(?<!\d )[2-6]\d{3}(?:[ -]?\d){9,15}(?![\d-]|[ ,.]\d)")
GROUPS = re.compile(r"\d{4}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,4})?|3\d{3}[ -]?\d{6}[ -]?\d{4,5}|\d{13,19}")
# A look-ahead, so that a word that only begins like an IBAN does not swallow a real one after it.
IBAN = re.compile(r"(?<![A-Za-z0-9])(?=([A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}))", re.ASCII | re.IGNORECASE)


def cards(text: str) -> Iterator[Span]:
    for match in CARD.finditer(text):
        digits = match[0].replace(" ", "").replace("-", "")
        if len(set(digits)) > 1 and GROUPS.fullmatch(match[0]) and luhn.is_valid(digits):
            yield match.span()


def ibans(text: str) -> Iterator[Span]:
    for match in IBAN.finditer(text):
        length = LENGTHS.get(match[1][:2].upper())
        compact = match[1].replace(" ", "").upper()
        if length is not None and len(compact) >= length and _remainder(compact[:length]) == 1:
            yield match.start(), match.start() + _reach(match[1], length)


def _remainder(iban: str) -> int:
    return int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97


def _reach(written: str, characters: int) -> int:
    """How far `characters` non-spaces reach."""
    for position, char in enumerate(written):
        characters -= char != " "
        if characters == 0:
            return position + 1
    return len(written)
