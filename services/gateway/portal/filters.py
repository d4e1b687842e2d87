"""What templates say of values, in the visitor's language: `{{ cycle.due | day }}`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, get_timezone_location
from babel.numbers import format_decimal
from markupsafe import Markup

from contracts import geography
from contracts.period import Period
from services.gateway.portal import wording
from services.gateway.portal.texts import Language

_PARTS_OF_ADDRESS = re.compile(r"[^@._:]*[@._:]+|[^@._:]+")
LOCALES: dict[Language, str] = {"en": "en_GB", "fr": "fr_FR"}
COLON: dict[Language, str] = {"en": ": ", "fr": "\u00a0: "}


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of one language. ``zone``: the name of a time zone, as Asia/Bangkok."""

    language: Language
    gettext: Callable[[str], str]

    def by_name(self) -> dict[str, Callable[..., Any]]:
        """As the templates call them."""
        found = (self.number, self.grouped, self.day, self.weekday, self.moment, self.machine, self.city, self.period,
                 self.country, self.said, self.state, self.notice, self.coded, self.address)  # fmt: skip
        return {one.__name__: one for one in found}

    @property
    def locale(self) -> str:
        return LOCALES[self.language]

    def number(self, value: float | None) -> str:
        return "" if value is None else format_decimal(value, locale=self.locale)

    def grouped(self, text: str) -> str:
        """A whole number that somebody typed as one reads it, 12,000 for 12000; everything else as it is."""
        return self.number(int(text)) if text.isascii() and text.isdecimal() else text

    def day(self, value: date) -> str:
        return format_date(value, "d MMMM y", locale=self.locale)

    def weekday(self, value: datetime, zone: str = "UTC") -> str:
        return format_datetime(value.astimezone(ZoneInfo(zone)), "EEEE d MMMM y", locale=self.locale)

    def moment(self, value: datetime, zone: str = "UTC") -> str:
        there = value.astimezone(ZoneInfo(zone))
        return f"{self.day(there)}, {format_time(there, 'HH:mm', locale=self.locale)} ({self.city(zone)})"

    def machine(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat(timespec="seconds")

    def city(self, zone: str) -> str:
        """Where a time zone is, as its name says: Bangkok for Asia/Bangkok."""
        return zone if zone == "UTC" else get_timezone_location(zone, locale=self.locale, return_city=True)

    def period(self, cycle: str) -> str:
        """The period that a cycle is named for: January–June 2013 for 2013-H1; what names none stays as it is."""
        try:
            text, year = wording.period(Period.parse(cycle))
        except ValueError:
            return cycle
        return self.gettext(text) % year if year else text

    def country(self, code: str) -> str:
        try:
            return geography.name(code, self.language)
        except KeyError:
            return code

    def said(self, text: str | None) -> str:
        return self.gettext(text) if text else ""

    def state(self, code: str | None) -> Markup:
        """A state as a label in its tone: colour and words."""
        text, tone = wording.state(code)
        return Markup('<strong class="vrs-state vrs-state--{}">{}</strong>').format(tone, self.gettext(text))

    def notice(self, kind: str) -> str:
        text, values = wording.notice(kind)
        return self.gettext(text) % values if values else self.gettext(text)

    def address(self, text: str) -> Markup:
        """An e-mail address, a login or an id: a narrow line may break it where its parts end, as at a hyphen."""
        pieces = _PARTS_OF_ADDRESS.findall(text)
        return Markup('<span class="vrs-address">{}</span>').format(Markup("<wbr>").join(pieces))

    def coded(self, text: str) -> Markup:
        """A text with `names of the interface` in it, which are shown as code."""
        code = Markup("<code>{}</code>")
        pieces = enumerate(text.split("`"))
        return Markup("").join(code.format(one) if place % 2 else one for place, one in pieces)
