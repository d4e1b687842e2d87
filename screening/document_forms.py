"""Forms of passport and identity numbers that are telling enough to stand without a word before them.

The issuing authorities' published layouts, as python-stdnum describes them; check digits where there are any.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from stdnum.cn import ric
from stdnum.id import nik
from stdnum.in_ import aadhaar
from stdnum.th import pin

Proof = Callable[[str], bool]


class Form(NamedTuple):
    what: str
    pattern: re.Pattern[str]
    proof: Proof | None = None


def _digits(what: str, pattern: str, proof: Proof | None = None) -> Form:
    """Numbers of digits: not inside a longer number, a date, an amount or a document symbol."""
    return Form(what, re.compile(rf"(?<![\w.,/-])(?:{pattern})(?![\w%-])(?![.,/ ]\d)", re.ASCII), proof)


def _letters(what: str, pattern: str) -> Form:
    return Form(what, re.compile(rf"(?<![\w./-])(?:{pattern})(?![\w/])(?!-\d)", re.ASCII))


def _nir(number: str) -> bool:
    """13 digits and a key that makes 97 with them; Corsica's 2A and 2B count as 19 and 18."""
    compact = number.replace(" ", "").replace("2A", "19").replace("2B", "18")
    return len(compact) == 15 and compact.isdigit() and int(compact[13:]) == 97 - int(compact[:13]) % 97


def _ric(number: str) -> bool:
    try:
        return ric.is_valid(number)
    except KeyError:
        # What python-stdnum does where it knows the province and no county; date and check digit are right by then.
        return True


BIRTH = r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"  # yymmdd
DAY_OF_YEAR = r"(?:[0-2]\d\d|3[0-5]\d|36[0-6]|[5-7]\d\d|8[0-5]\d|86[0-6])"  # women: 500 is added

FORMS = (
    _letters("passport: Australia, India, Pakistan, Sri Lanka, Indonesia, Thailand, ...", r"[A-Z]{1,2}\d{7,8}"),
    _letters("Hong Kong identity card", r"[A-Z]{1,2}\d{6} ?\([0-9A]\)"),
    _letters("Singapore NRIC and FIN", r"[STFGM]\d{7}[A-Z]"),
    _letters("India PAN", r"[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]"),
    _letters("United Kingdom national insurance", r"[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]"),
    _letters("Sri Lanka NIC until 2015", r"\d{2}[0-8]\d{6} ?[VXvx]"),
    _letters("Myanmar NRC", r"\d{1,2}/[A-Za-z]{3,12} ?\([A-Za-z]{1,6}\) ?\d{6}"),
    _digits("Sri Lanka NIC since 2016", rf"(?:19[3-9]|20[0-2])\d{DAY_OF_YEAR}\d{{5}}"),
    _digits("Thailand", r"\d-\d{4}-\d{5}-\d\d-\d|\d \d{4} \d{5} \d\d \d"),
    _digits("Thailand, unbroken", r"[1-8]\d{12}", pin.is_valid),
    _digits("Pakistan CNIC", r"\d{5}[- ]\d{7}[- ]\d"),
    _digits("Indonesia NIK", r"\d{2}\.?\d{4}\.?\d{6}\.?\d{4}", nik.is_valid),
    _digits("Malaysia MyKad", BIRTH + r"-\d{2}-\d{4}"),
    _digits("India Aadhaar", r"[2-9]\d{3}[ -]\d{4}[ -]\d{4}", aadhaar.is_valid),
    _digits("China", r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[\dXx]", _ric),
    _digits("United States social security", r"(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}"),
    _digits("France NIR", r"[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d", _nir),
)
