"""What a screener answers with, and the limit that keeps a hostile text cheap."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

Kind = Literal[
    "machine_readable_zone",
    "iban",
    "card_number",
    "email",
    "date_of_birth_with_name",
    "passport_or_id_number",
    "telephone",
]

# One hit is enough to refuse a text; more only help the sender to find them all. A list of 500 is not text any more.
MOST_HITS = 500


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """`text[start:end]` holds personal data of this kind. The text itself is kept out on purpose."""

    start: int
    end: int
    kind: Kind


Span = tuple[int, int]


def hits(kind: Kind, spans: Iterator[Span]) -> list[Hit]:
    return [Hit(start, end, kind) for start, end in islice(spans, MOST_HITS)]
