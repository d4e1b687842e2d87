"""All screeners over one text, and which kind wins where two claim the same characters."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, get_args

from screening import accounts, births, documents, emails, telephones, zones
from screening.hit import Hit, Kind, Span, hits
from screening.plain import plain


class Screener(NamedTuple):
    """``fewest``: what ``find`` finds has so many digits in it, so that it is not asked about texts with fewer."""

    find: Callable[[str], Iterator[Span]]
    fewest: int


SCREENERS: dict[Kind, Screener] = {
    "machine_readable_zone": Screener(zones.find, 0),
    "iban": Screener(accounts.ibans, 2),
    "card_number": Screener(accounts.cards, 13),
    "email": Screener(emails.find, 0),
    "date_of_birth_with_name": Screener(births.find, 3),
    "passport_or_id_number": Screener(documents.find, 4),
    "telephone": Screener(telephones.find, 7),
}
# "a@b.co": no piece of personal data is shorter, and most strings of a return are codes.
SHORTEST = 6
# Every kind has a digit in it, or one of "@<([{", or words with spaces between them. The names of questions and fields
# have none of these, and are most of the longer texts of a return.
NAMES = re.compile(r"[A-Za-z_.,:;|'>-]*")
# The surer kind goes first: the order of `Kind`.
RANK: dict[Kind, int] = {kind: rank for rank, kind in enumerate(get_args(Kind))}


def screen(text: str) -> list[Hit]:
    """Every piece of personal data found in the text, in the order of the text, none overlapping another."""
    if len(text) < SHORTEST or NAMES.fullmatch(text):
        return []
    searched, places = plain(text)
    digits = sum(map(searched.count, "0123456789"))
    asked = [(kind, one.find) for kind, one in SCREENERS.items() if digits >= one.fewest]
    found = [hit for kind, find in asked for hit in hits(kind, find(searched))]
    kept = _without_overlaps(found)
    if places is None:
        return kept
    return [Hit(places[hit.start], places[hit.end - 1] + 1, hit.kind) for hit in kept]


def _without_overlaps(found: list[Hit]) -> list[Hit]:
    """Of two that overlap, the surer kind, then the earlier one. One pass over the sorted hits."""
    kept: list[Hit] = []
    for hit in sorted(found):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
        elif RANK[hit.kind] < RANK[kept[-1].kind]:
            kept[-1] = hit
    return kept
