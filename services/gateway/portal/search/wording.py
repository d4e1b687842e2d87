"""What searches, their members and their periods are called, in the visitor's language."""

from collections.abc import Callable
from dataclasses import dataclass

from contracts import geography
from contracts import template as templates
from contracts.figures import ROUTES_LISTED
from contracts.period import Period
from contracts.template import Template
from services.gateway import dimensions
from services.gateway.portal import wording
from services.gateway.portal.menu import N_
from services.gateway.portal.page import SignedInPage
from services.gateway.portal.search import catalogue
from services.gateway.portal.search.asking import Search

TITLES = {
    ("routes", catalogue.ROUTE): N_("Routes by number of persons (%(period)s)"),
    ("routes", catalogue.CORRIDOR): N_("Ways from country to country by number of persons (%(period)s)"),
    (ROUTES_LISTED, catalogue.ROUTE): N_("Routes by number of returns that name them (%(period)s)"),
    (ROUTES_LISTED, catalogue.CORRIDOR): N_("Ways from country to country by number of mentions (%(period)s)"),
    ("methods_and_fees", "smuggling_method"): N_("Methods by number of returns that name them (%(period)s)"),
    ("methods_and_fees", "payment_method"): N_("Ways of payment by number of returns that name them (%(period)s)"),
    ("other_crime_areas", "crime_area"): N_("Other crime areas by number of returns that name them (%(period)s)"),
}
"""Where "… by …" would say it clumsily."""


@dataclass(frozen=True)
class Words:
    """``say``: translates a text and fills it."""

    page: SignedInPage

    @property
    def template(self) -> Template:
        return templates.load()

    @property
    def say(self) -> Callable[..., str]:
        return self.page.say

    def country(self, code: str) -> str:
        try:
            return geography.name(code, self.page.language)
        except KeyError:
            return code

    def member(self, dimension: str, member: str) -> str:
        if dimension == catalogue.TOTAL:
            return self.say(catalogue.OWN_LABELS[catalogue.TOTAL])
        return dimensions.name(self.template, dimension, member, self.country, self.say)

    def indicator(self, indicator: str) -> str:
        return self.say(catalogue.title(self.template, indicator))

    def unit(self, indicator: str) -> str:
        text = catalogue.unit(self.template, indicator)
        return self.say(text) if text else ""

    def dimension(self, dimension: str) -> str:
        first, *more = (self.say(one) for one in catalogue.labels(self.template, dimension))
        return ", ".join([first, *(lowered(one) for one in more)])

    def period(self, text: str) -> str:
        """``2013-H1`` as January–June 2013; ``2012..2013`` as 2012–2013."""
        first, dots, last = text.partition("..")
        if not dots:
            return self._one(Period.parse(text))
        begins, ends = Period.parse(first), Period.parse(last)
        if begins.months == ends.months == 12:
            return f"{begins}–{ends}"
        return self.say(N_("%(first)s to %(last)s"), first=self._one(begins), last=self._one(ends))

    def _one(self, one: Period) -> str:
        text, year = wording.period(one)
        return self.say(text, **year)

    def title(self, search: Search) -> str:
        """As on the documents' charts: "Illegal entries by citizenship (2009–2013)"."""
        values = {"what": self.indicator(search.indicator), "period": self.period(search.period)}
        if (search.indicator, search.dimension) in TITLES:
            return self.say(TITLES[search.indicator, search.dimension], period=values["period"])
        if search.dimension == catalogue.TOTAL:
            return self.say(N_("%(what)s (%(period)s)"), **values)
        by = lowered(self.dimension(search.dimension))
        return self.say(N_("%(what)s by %(by)s (%(period)s)"), by=by, **values)


def lowered(text: str) -> str:
    """A label within a sentence."""
    return text[:1].lower() + text[1:]
