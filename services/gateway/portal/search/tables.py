"""A search as a table to take away: the very lines of the page, in its order and its words."""

from services.gateway.portal.menu import N_
from services.gateway.portal.search.basis import notes
from services.gateway.portal.search.downloads import Cell, Table
from services.gateway.portal.search.finding import Figure, Found
from services.gateway.portal.search.wording import Words


def table(found: Found, words: Words) -> Table:
    say, search = words.say, found.search
    period = words.period(search.period)
    unit = words.unit(search.indicator)
    amount = f"{period} ({unit})" if unit else period
    header = [words.dimension(search.dimension), say(N_("Code")), amount, *map(words.period, found.columns),
              say(N_("Number of States")), say(N_("States")), say(N_("Covers the whole period"))]  # fmt: skip
    rows: list[list[Cell]] = [
        [one.name, one.member, one.value, *(part.value if part else None for part in one.series), *_behind(one, words)]
        for one in found.lines
    ]
    if found.total is not None:
        stated = say(N_("Total as States stated it"))
        rows.append([stated, "total", found.total.value, *([None] * len(found.columns)), *_behind(found.total, words)])
    said = notes(found, words)
    said.append(say(N_("Made on %(day)s (UTC)."), day=f"{found.as_of:%Y-%m-%d %H:%M}"))
    return Table(words.title(search), header, rows, said)


def _behind(one: Figure, words: Words) -> list[Cell]:
    states = ", ".join(map(words.page.participant, one.reporters))
    return [len(one.reporters), states, words.say(N_("yes")) if one.complete else words.say(N_("no"))]
