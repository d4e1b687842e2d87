"""What the fields of a search offer: lists made of the template, the cycles and the participants."""

import contextlib
from dataclasses import dataclass
from typing import Any

from contracts import geography
from contracts.period import Period
from services.gateway.portal.menu import N_
from services.gateway.portal.page import SignedInPage
from services.gateway.portal.search import catalogue
from services.gateway.portal.search.asking import Search, Wrong
from services.gateway.portal.search.wording import Words

Items = list[dict[str, Any]]


@dataclass(frozen=True)
class Choices:
    """Items for the components' select fields; ``chosen`` is the search as it was typed."""

    page: SignedInPage
    chosen: Search

    @property
    def words(self) -> Words:
        return Words(self.page)

    def indicators(self) -> Items:
        return [_item(one, self.words.indicator(one), self.chosen.indicator) for one in catalogue.tables()]

    def dimensions(self) -> Items:
        known = catalogue.dimensions_of_tables()
        return [_item(one, self.words.dimension(one), self.chosen.dimension) for one in known]

    def asked_by(self) -> list[tuple[str, str]]:
        """The ways in which the template divides the chosen indicator: a query and a label each."""
        asked = catalogue.tables()[self.chosen.indicator]
        return [(self.chosen.query(dimension=one, member=""), self.words.dimension(one)) for one in asked]

    def reporters(self) -> Items:
        known = self.page.gateway.view.directory.participants()
        named = sorted(
            ((self.page.participant(one.code), one.code) for one in known), key=lambda one: one[0].casefold()
        )
        every = _item("", self.words.say(N_("All that you may see")), self.chosen.reporter)
        return [every, *(_item(code, name, self.chosen.reporter) for name, code in named)]

    def firsts(self) -> Items:
        newest = _item("", self.words.say(N_("The newest open to you")), self.chosen.first)
        return [newest, *self._periods(self.chosen.first)]

    def lasts(self) -> Items:
        same = _item("", self.words.say(N_("The same period")), self.chosen.last)
        return [same, *self._periods(self.chosen.last)]

    def countries(self) -> list[str]:
        """Names to choose from while typing a member."""
        found = (geography.name(one.alpha2, self.page.language) for one in geography.countries())
        return sorted(found, key=str.casefold)

    def _periods(self, chosen: str) -> Items:
        held = {Period.parse(one.id) for one in self.page.gateway.view.directory.cycles()}
        held |= {one.year for one in held}
        with contextlib.suppress(ValueError):
            held |= {Period.parse(chosen)} if chosen else set()
        newest_first = sorted(held, key=lambda one: (-one.end, -one.months))
        return [_item(str(one), self.words.period(str(one)), chosen) for one in newest_first]


def unknown_reporter(search: Search, page: SignedInPage) -> Wrong | None:
    """What is wrong with the reporter of an address, if anything."""
    known = page.gateway.view.directory.participant(search.reporter)
    if not search.reporter or known:
        return None
    return Wrong("reporter", N_("Choose from the list by whom it is reported."))


def _item(value: str, text: str, chosen: str) -> dict[str, Any]:
    return {"value": value, "text": text, "selected": value == chosen}
