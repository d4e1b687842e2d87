"""Dates of birth: a full date after a word for birth, or a year of birth after a person's title and name.

A full date of birth says who somebody is even without the name beside it, so the name is not asked for.
Dates of laws, operations and meetings have no such word before them; "born on or after 1 January 1995" is a rule.
"""

import re
from collections.abc import Iterator

from screening.hit import Span

# English, French and Indonesian.
MONTHS = (
    r"jan(?:uary|vier|uari)?", r"feb(?:ruary|ruari)?|f[eé]v(?:rier)?", r"mar(?:ch|s|et)?", r"a[pv]r(?:il)?",
    r"ma[iy]", r"jun[ei]?|juin", r"jul[yi]?|juillet", r"ao[uû]t|aug(?:ust)?|agustus", r"sep(?:t(?:embre|ember)?)?",
    r"o[ck]t(?:ober|obre)?", r"nov(?:ember|embre)?", r"d[eé][cs](?:ember|embre)?",
)  # fmt: skip
MONTH = f"(?:{'|'.join(MONTHS)})"
DATES = (
    r"\d{1,2} ?[./-] ?\d{1,2} ?[./-] ?(?:\d{4}|\d{2})(?!\d)",
    r"\d{4} ?[./-] ?\d{1,2} ?[./-] ?\d{1,2}(?!\d)",
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)",
    r"\d{1,2} ?(?:st|nd|rd|th|er)? ?(?:of )?[ .,/-]?" + MONTH + r"[ .,/-]{0,2}(?:of )?\d{2,4}(?!\d)",
    MONTH + r"[ .,]{1,2}\d{1,2}(?:st|nd|rd|th)?,? \d{4}(?!\d)",
)
WORDS = (
    r"\bd\.? ?o\.? ?b\b\.?", r"\b(?:date|day) of birth\b", r"\bbirth ?dates?\b", r"\bbirthdays?\b", r"\bborn\b",
    r"\bb\.(?= ?\d)", r"\bn[ée]e?s? le\b", r"\bdate de naissance\b", r"\bd\.?d\.?n\.?(?= ?:)", r"\blahir\b",
)  # fmt: skip
PLACE = r"in [^\W\d]{2,20}(?: [^\W\d]{2,20})?,?(?: on)?"
BETWEEN = r"[ :;,.()'\n-]{0,4}(?:(?:is|was|on the|on|le|" + PLACE + r"|at|pada)[ :]{0,2}){0,2}"
BIRTH = re.compile(
    f"(?:{'|'.join(WORDS)}){BETWEEN}(?:{'|'.join(DATES)})(?! or (?:later|after|before|earlier)\\b)", re.IGNORECASE
)
# "M" alone stays out: it begins too many sentences that are no name.
TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Mme|Mlle|Monsieur|Madame)\b\.? (?:[A-Z][\w'-]{1,30} ){0,3}[A-Z][\w'-]{1,30},? ?\(?"
    r"(?:was )?(?:born|née?|b\.)(?: (?:in|en))? ?(?:19|20)\d\d\b"
)


def find(text: str) -> Iterator[Span]:
    for pattern in (BIRTH, TITLED):
        yield from (match.span() for match in pattern.finditer(text))
