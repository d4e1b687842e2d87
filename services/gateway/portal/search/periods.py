"""The one choice of pages that show several figures: for which period."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.gateway.api.aggregates import FRESH_SECONDS
from services.gateway.portal.page import SignedInPage
from services.gateway.portal.search.asking import Search, Wrong, read
from services.gateway.portal.search.choices import Choices
from services.gateway.portal.search.finding import settled
from services.gateway.portal.search.wording import Words


@dataclass(frozen=True)
class Chosen:
    """``search``: any search, for the period that is shown; its period is blank where there is no cycle at all."""

    search: Search
    choices: Choices
    wrong: list[Wrong]
    words: Words

    @property
    def errors(self) -> dict[str, str]:
        return {one.field: self.words.say(one.text, **dict(one.values)) for one in self.wrong}

    def of(self, indicator: str, dimension: str) -> Search:
        """A search of the same period for other figures."""
        return self.search.but(indicator=indicator, dimension=dimension)


async def chosen(query: Mapping[str, str], page: SignedInPage) -> Chosen:
    """What the address says; the newest cycle that is open where it says nothing, or nothing that can be read."""
    await page.gateway.view.freshen(FRESH_SECONDS)
    asked, wrong = read({name: query[name] for name in ("from", "to", "period") if name in query})
    search = await settled(asked.but(first="", last="") if wrong else asked, page)
    return Chosen(search, Choices(page, asked), wrong, Words(page))
