"""The state of a search, as it stands in the address, read and written. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args
from urllib.parse import urlencode

from contracts.period import Period, parse_span
from services.gateway.portal.menu import N_
from services.gateway.portal.search import catalogue

Sort = Literal["value", "name", "states", "-value", "-name", "-states"]
SORTS: tuple[Sort, ...] = get_args(Sort)
View = Literal["totals", "series"]
LONGEST = 500
"""Of a member's text; a route of 50 countries is shorter."""


@dataclass(frozen=True)
class Search:
    """``first`` and ``last``: cycles or years; both blank for the newest figures. A leading minus sorts downwards."""

    indicator: str = "illegal_entries"
    dimension: str = "citizenship"
    member: str = ""
    reporter: str = ""
    first: str = ""
    last: str = ""
    sort: Sort = "-value"
    view: View = "totals"

    @property
    def period(self) -> str:
        """As the interface takes it: a cycle, a year, or from..to."""
        ends = [one for one in (self.first, self.last) if one]
        return ends[0] if len(set(ends)) == 1 else "..".join(ends)

    def but(self, **changes: Any) -> "Search":
        return replace(self, **changes)

    def query(self, **changes: Any) -> str:
        """The address's query for this search, or for one that differs from it."""
        one = self.but(**changes)
        said = {
            "indicator": one.indicator,
            "by": one.dimension,
            "member": one.member,
            "reporter": one.reporter,
            "from": one.first,
            "to": one.last,
            "sort": "" if one.sort == "-value" else one.sort,
            "view": "" if one.view == "totals" else one.view,
        }
        return urlencode({name: value for name, value in said.items() if value})

    def sorted_by(self, column: str) -> str:
        """The query that sorts by a column: names upwards first, figures downwards first; the other way round next."""
        first = column if column == "name" else f"-{column}"
        other = f"-{column}" if column == "name" else column
        return self.query(sort=other if self.sort == first else first)

    def order(self, column: str) -> str:
        """For ``aria-sort`` of a column."""
        if self.sort.removeprefix("-") != column:
            return "none"
        return "descending" if self.sort.startswith("-") else "ascending"


@dataclass(frozen=True, slots=True)
class Wrong:
    """What cannot be read, at which field; ``values`` fill the text."""

    field: str
    text: str
    values: tuple[tuple[str, str], ...] = ()


def read(query: Mapping[str, str]) -> tuple[Search, list[Wrong]]:
    """The search that an address names, with what is wrong in it put to what there is."""
    said = {name: value.strip()[:LONGEST] for name, value in query.items()}
    first, last = said.get("from", ""), said.get("to", "")
    if (period := said.get("period", "")) and not (first or last):
        first, _, last = period.partition("..")
    # One period is said once, so that whoever changes the first one in the form does not ask for a span.
    last = "" if last == first else last
    wrong: list[Wrong] = []
    indicator = said.get("indicator") or Search.indicator
    if indicator not in catalogue.tables():
        wrong.append(Wrong("indicator", N_("Choose what to look for from the list.")))
        indicator = Search.indicator
    dimension = said.get("by") or said.get("dimension") or ""
    if dimension and dimension not in catalogue.dimensions_of_tables():
        wrong.append(Wrong("by", N_("Choose from the list by what it is broken down.")))
        dimension = ""
    elif dimension and dimension not in catalogue.tables()[indicator]:
        wrong.append(
            Wrong("by", N_("The template does not break this down in that way. Choose one of the ways below."))
        )
    dimension = dimension or _usual(indicator)
    wrong += _wrong_period(first, last)
    return (
        Search(
            indicator,
            dimension,
            said.get("member", ""),
            said.get("reporter", ""),
            first,
            last,
            cast(Sort, said["sort"]) if said.get("sort") in SORTS else "-value",
            "series" if said.get("view") == "series" else "totals",
        ),
        wrong,
    )


def _usual(indicator: str) -> str:
    asked = catalogue.tables()[indicator]
    return Search.dimension if Search.dimension in asked else asked[0]


def _wrong_period(first: str, last: str) -> list[Wrong]:
    ends = (
        ("from", first, N_("Choose the first period from the list, or write it as 2012, 2013-H1 or 2013-Q2.")),
        ("to", last, N_("Choose the last period from the list, or write it as 2012, 2013-H1 or 2013-Q2.")),
    )
    for field, text, sentence in ends:
        try:
            Period.parse(text or "2012")
        except ValueError:
            return [Wrong(field, sentence)]
    try:
        parse_span(Search(first=first, last=last).period or "2012")
    except ValueError:
        return [Wrong("to", N_("The last period must not lie before the first one, nor 100 years after it."))]
    return []


def parts(search: Search) -> list[Period]:
    """The columns of a series: the years of a span and what is left of it, or the parts of a single period."""
    span = parse_span(search.period)
    return list(span if len(span) > 1 else span[0].halves() or span)
