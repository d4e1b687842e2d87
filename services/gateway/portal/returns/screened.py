"""Personal data in what was typed: found before it is kept, so that not even a draft ever holds a person. Pure."""

from screening import screen
from services.gateway.portal.returns.reading import Read
from services.gateway.portal.returns.typed import TypedAnswer

FIGURES = ("value", "persons", "share", "fee_min", "fee_typical", "fee_max")


def personal_fields(typed: TypedAnswer) -> list[str]:
    """The fields of the page that seem to hold personal data. A figure that can be read as a number is no text."""
    found = [at for at, text in typed.texts() if screen(text) and not _figure(at, text)]
    return list(dict.fromkeys(found))


def _figure(at: str, text: str) -> bool:
    return at.rpartition("-")[2] in FIGURES and Read().number(at, text) is not None
