"""Telephone numbers: international with + or 00, national as they are written in the pilot countries, or after a word
such as "tel." or "WhatsApp". Figures, years, dates, coordinates, ISBNs and case numbers are not.
"""

import re
from collections.abc import Iterator

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from screening.hit import Span

CALLING_CODES = frozenset(str(code) for code in COUNTRY_CODE_TO_REGION_CODE)
GAP = r"(?:[ .-]|\) ?| ?\()?"

# E.164: a calling code and at most 15 digits; the shortest in the region is Tonga's and Fiji's, 3 + 5.
INTERNATIONAL = re.compile(
    r"(?<![\w+.,])\(?(?:\+ ?|00[ -]?)(?P<number>[1-9]\d{0,2}" + GAP + r"(?:\(0\) ?)?(?:\d" + GAP + r"){5,12}\d)(?!\d)"
)
# Trunk prefix 0: Australia 04xx xxx xxx, France 06 xx xx xx xx, Pakistan 03xx-xxxxxxx, Thailand 08x-xxx-xxxx, ...
NATIONAL = re.compile(r"(?<![\w.,/+-])\(?0\d{1,4}\)?[ .-]{0,2}(?:\d[ .-]?){5,9}\d(?![\w%])(?![.,/-]\d)")
NORTH_AMERICAN = re.compile(
    r"(?<![\w.,/+-])(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[.-])\d{3}[.-]\d{4}(?![\w%])(?![.,/-]\d)"
)
# Any number right after such a word; with a few other words between only if it does not read as a figure.
WORDS = (
    r"tele(?:phone|fono|pon|fon)s?", r"t[ée]l[ée]phones?", r"t[ée]l", r"phones?", r"mobiles?", r"cell(?:phone|ular)?s?",
    r"portables?", r"whats ?app", r"viber", r"telegram", r"wechat", r"line id", r"fax", r"handphone", r"hp", r"ponsel",
    r"gsm", r"sms", r"contact", r"call(?:ed|ing)?", r"dial(?:led|ling)?", r"text(?:ed)?", r"appel(?:er|ez)", r"hubungi",
)  # fmt: skip
NUMBER = r"(?P<number>\(?\+?\d(?:" + GAP + r"\d){6,14})(?![\d%])(?![.,/-]\d)"
AFTER_WORD = re.compile(rf"\b(?:{'|'.join(WORDS)})\b(?P<between>[^\d\n;!?]{{0,30}}?)" + NUMBER, re.IGNORECASE)
LEADS = r"no|nos|nr|num|numbers?|num[ée]ros?|n°|nomor|is|was|at|on|le|au"
DIRECT = re.compile(r"[ .:#=()/-]*(?:(?:" + LEADS + r")\b[ .:#°]*){0,3}", re.IGNORECASE)

DECIMAL = re.compile(r"\(?0\d*\.\d+")
DATE = re.compile(r"\d{1,2}[ .-]\d{1,2}[ .-](?:19|20)\d\d(?!\d)|(?:19|20)\d\d[ .-]\d{1,2}[ .-]\d{1,2}(?!\d)")
YEARS = re.compile(r"(?:(?:19|20)\d\d[ .-]?)+")
COUNTING = re.compile(r"(?:0\d[ .-]){3,}0?\d+")  # 01 02 03 04: the months of a table
THOUSANDS = re.compile(r"\d{1,3}(?:[ .]\d{3})+")
ROUND = re.compile(r"[1-9]\d{0,2}(?: \d{3})* 000")
OTHER_WORDS = (
    "isbn|issn|doi|cases?|file|ref|reference|docket|decree|law|act|resolution|symbol|imo|mmsi|serial|version|lat|lon"
    "|longitude|latitude|invoice|container|job|budget|code|line|item"
)
OTHER_NUMBER = re.compile(rf"\b(?:{OTHER_WORDS})\b[ .:#°]*(?:no|nos|number|n°)?[ .:#°]*\(?$", re.IGNORECASE)
BEFORE = 24  # characters that OTHER_NUMBER looks back: its longest wording


def find(text: str) -> Iterator[Span]:
    for match in INTERNATIONAL.finditer(text):
        if _is_international(match["number"]) and ("+" in match[0] or not _is_other(text, match.start())):
            yield match.span()
    for pattern in (NATIONAL, NORTH_AMERICAN):
        for match in pattern.finditer(text):
            if _is_national(match[0]) and not _is_other(text, match.start()):
                yield match.span()
    for match in AFTER_WORD.finditer(text):
        number, direct = match["number"], DIRECT.fullmatch(match["between"]) is not None
        if (
            _is_number(number)
            and not _is_other(text, match.start("number"))
            and (direct or not THOUSANDS.fullmatch(number))
        ):
            yield match.span("number")


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isdigit())


def _is_international(number: str) -> bool:
    digits = _digits(number)
    known = any(digits[:length] in CALLING_CODES for length in (1, 2, 3))
    return known and 8 <= len(digits) <= 15 and not ROUND.fullmatch(number)


def _is_national(number: str) -> bool:
    figure = DECIMAL.fullmatch(number) or COUNTING.fullmatch(number) or DATE.match(number)
    return 9 <= len(_digits(number)) <= 12 and not figure


def _is_number(number: str) -> bool:
    readings = (
        YEARS.fullmatch(number),
        DATE.match(number),
        ROUND.fullmatch(number),
        DECIMAL.fullmatch(number),
    )
    return not any(readings)


def _is_other(text: str, start: int) -> bool:
    return OTHER_NUMBER.search(text, max(0, start - BEFORE), start) is not None
