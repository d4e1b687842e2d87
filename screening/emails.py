"""E-mail addresses, also those written to be overlooked: name (at) example (dot) org.

Looked for from the sign outwards, so that a long text without one costs a single pass.
"""

import re
from collections.abc import Iterator

from screening.hit import Span

SIGN = re.compile(r" ?(?:@|[\[({<] ?(?:at|@|arobase) ?[\])}>]) ?| (?:at|arobase) ", re.IGNORECASE)
# A bare " at " is everyday English, as in "at Entry point Poipet": only a spelt-out " dot " makes it an address.
SPELT = {" at ": re.compile(r"[\w-]{1,63}(?: dot [\w-]{1,63}){1,5}", re.IGNORECASE)}
DOT = r"(?:\.| ?[\[({<] ?(?:dot|point|\.) ?[\])}>] ?| (?:dot|point) )"
DOMAIN = re.compile(r"[^\W_][\w-]{0,62}(?:" + DOT + r"[\w-]{1,63}){1,5}", re.IGNORECASE)
LAST_LABEL = re.compile(r"(?:xn--[\w-]{2,40}|[^\W\d_]{2,24})$")
# RFC 5321: at most 64 characters before the sign.
LONGEST_LOCAL = 64
IN_LOCAL = frozenset("._%+-'")


def find(text: str) -> Iterator[Span]:
    for sign in SIGN.finditer(text):
        start = _start_of_local(text, sign.start())
        domain = SPELT.get(sign[0].lower(), DOMAIN).match(text, sign.end())
        if start < sign.start() and domain and LAST_LABEL.search(domain[0][-64:]):
            yield start, domain.end()


def _start_of_local(text: str, end: int) -> int:
    start = end
    while start > 0 and end - start < LONGEST_LOCAL and (text[start - 1].isalnum() or text[start - 1] in IN_LOCAL):
        start -= 1
    while start < end and not text[start].isalnum():
        start += 1
    return start
