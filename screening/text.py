"""All screeners over one text, and which kind wins where two claim the same characters."""

import re
from collections.abc import Callable, Iterator
from typing import get_args

from screening import accounts, births, documents, emails, telephones, zones
from screening.hit import Hit, Kind, Span, hits
from screening.plain import plain

SCREENERS: dict[Kind, Callable[[str], Iterator[Span]]] = {
    "machine_readable_zone": zones.find,
    "iban": accounts.ibans,
    "card_number": accounts.cards,
    "email": emails.find,
    "date_of_birth_with_name": births.find,
    "passport_or_id_number": documents.find,
    "telephone": telephones.find,
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
    found = [hit for kind, find in SCREENERS.items() for hit in hits(kind, find(searched))]
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
