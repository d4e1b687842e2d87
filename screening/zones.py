"""Machine-readable zones of travel documents (ICAO Doc 9303: TD1 3 x 30, TD2 2 x 36, TD3 2 x 44), whole or in part.

A line counts when it is long and has the filler "<" (also OCR's spaces between), or when it begins like the name line.
"""

import re
from collections.abc import Iterator

from screening.hit import Span

RUN = re.compile(r"[A-Za-z0-9<]{12,}(?: ?<[A-Za-z0-9<]+)*", re.ASCII)
LINE = re.compile(r"[A-Z0-9<]{26,}", re.ASCII | re.IGNORECASE)
NAME_LINE = re.compile(r"[PIACV][A-Z<][A-Z]{3}[A-Z]{2,}<<?[A-Z]+<", re.ASCII | re.IGNORECASE)
# The lower line of TD3 and TD2 may hold no filler at all: number, check, country, birth, check, sex, expiry, check.
DATA = re.compile(r"[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]*", re.ASCII)
UPPER_TD1 = re.compile(r"\d{7}[MFX<]\d{7}[A-Z]{3}[A-Z0-9<]{11}\d", re.ASCII)
FEWEST_LETTERS = 6  # fewer make it a ruler or an arrow of "<" signs


def find(text: str) -> Iterator[Span]:
    span: Span | None = None
    for start, end in _lines(text):
        if span is not None and text[span[1] : start].isspace():
            span = (span[0], end)  # the lines of one zone are one hit
            continue
        if span is not None:
            yield span
        span = (start, end)
    if span is not None:
        yield span


def _lines(text: str) -> Iterator[Span]:
    for run in RUN.finditer(text):
        if _is_zone(run[0]):
            yield run.span()


def _is_zone(line: str) -> bool:
    letters = len(line) - line.count("<")
    if letters < FEWEST_LETTERS:
        return False
    if DATA.match(line) or UPPER_TD1.match(line):
        return True
    if NAME_LINE.match(line):
        return True
    return LINE.match(line) is not None and line.count("<") >= 2
