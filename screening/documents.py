"""Numbers of passports and identity cards: by their form where it is telling, else after a word ("passport no.")."""

import re
from collections.abc import Iterator

from screening.document_forms import FORMS
from screening.hit import Span

WORDS = (
    r"passports?", r"passeports?", r"paspor", r"travel documents?", r"documents? de voyage", r"titre de voyage",
    r"laissez[- ]passer", r"ppt", r"identity (?:cards?|numbers?|documents?)", r"identification (?:cards?|numbers?)",
    r"id[ -]cards?", r"i\.?d\.?(?= ?(?:no\b|nos\b|number|num\b|n°|#|:|card))", r"national id(?:entity)?", r"citizen id",
    r"s?nic", r"cnic", r"nicop", r"nrc", r"nric", r"mykad", r"hkid", r"(?:e-)?ktp", r"nik", r"aadhaar", r"tazkira",
    r"carte (?:nationale )?d'identit[ée]", r"cni", r"pi[èe]ce d'identit[ée]", r"titre de s[ée]jour", r"refugee card",
    r"(?:driving|driver'?s) licen[cs]e", r"permis de conduire", r"residence permit", r"social security", r"unhcr card",
    r"visa(?= (?:no\b|nos\b|number|n°|#))", r"thai id",
)  # fmt: skip
NUMBER = (
    r"(?P<number>(?:(?-i:[A-Z]{1,3})[ /-]|[A-Z]{1,5}-?)?\d[A-Z0-9]*(?:[ ./-]\d[A-Z0-9]*){0,5}[A-Z]?)(?![\w%])(?![.,]\d)"
)
AFTER_WORD = re.compile(
    rf"\b(?:{'|'.join(WORDS)})(?!\w)(?P<between>[^\d\n;!?]{{0,30}}?)(?<![A-Za-z0-9])" + NUMBER, re.IGNORECASE
)
LEADS = "no|nos|nr|num|numbers?|num[ée]ros?|n°|nomor|nbr|is|was|of|s|card|bearing|with|under|the|book"
DIRECT = re.compile(r"[ .:#=()'-]*(?:(?:" + LEADS + r")\b[ .:#°=()-]*|[°#]){0,5}(?:[A-Z]{2,3} ?)?", re.IGNORECASE)
NUMBERED = re.compile(r"\b(?:no|nos|nr|numbers?|num[ée]ros?|nomor)\b|n°|#", re.IGNORECASE)
YEARS = re.compile(
    r"(?:(?:19|20)\d\d(?: ?[./-] ?\d{1,2}){0,2}[ /-]?)+|\d{1,2}[ ./-]\d{1,2}[ ./-](?:19|20)\d\d"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d"
)
THOUSANDS = re.compile(r"(?:[A-Z]{3} ?)?\d{1,3}(?:[ .]\d{3})+", re.IGNORECASE)  # also USD 12 500 000


def find(text: str) -> Iterator[Span]:
    for form in FORMS:
        for match in form.pattern.finditer(text):
            if form.proof is None or form.proof(match[0]):
                yield match.span()
    for match in AFTER_WORD.finditer(text):
        if _is_document_number(match["between"], match["number"]):
            yield match.span("number")


def _is_document_number(between: str, number: str) -> bool:
    """Right after the word: six characters with five digits. Further off: letters and six digits, or eight digits."""
    digits = sum(c.isdigit() for c in number)
    letters = sum(c.isalpha() for c in number)
    if digits < 5 or digits + letters < 6 or YEARS.fullmatch(number):
        return False
    figure = THOUSANDS.fullmatch(number) is not None
    if DIRECT.fullmatch(between):
        numbered = NUMBERED.search(between) is not None
        return numbered or (not figure and (bool(letters) or digits >= 7))
    return not figure and (digits >= 8 or (0 < letters <= 3 and digits >= 6))
