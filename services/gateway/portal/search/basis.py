"""What a reader must know of figures: who is behind them, what is missing, what would open more."""

from contracts.figures import ROUTES_LISTED
from services.gateway.portal.menu import N_
from services.gateway.portal.search import catalogue
from services.gateway.portal.search.finding import Found
from services.gateway.portal.search.wording import Words

MOST_NAMED = 8
DISCLAIMER = N_(
    "The boundaries and names shown and the designations used on this map do not imply official endorsement "
    "or acceptance by the United Nations."
)
"""The settings' own words, marked for translation; an installation that says something else says it in its settings."""
COMPLETE = ("gender", "gender_age")
"""Dimensions whose members make up the whole: the template asks for all of them."""


def notes(found: Found, words: Words, *, on_a_map: bool = False) -> list[str]:
    """Sentences below a table, and within a picture that is saved."""
    say = words.say
    said = [say(N_("%(n)s of %(m)s expected participants reported."), n=found.reported, m=found.expected)]
    if found.incomplete:
        said.append(say(N_("Incomplete: some of the reports behind these figures do not cover the whole period.")))
    indicator, dimension = found.search.indicator, found.search.dimension
    if dimension not in (catalogue.TOTAL, *COMPLETE) and indicator not in (*catalogue.FEES, ROUTES_LISTED):
        said.append(say(N_("States name the most frequent ones; the lines may add up to less than the total.")))
    if found.doors:
        names = ", ".join(map(words.period, found.doors[:MOST_NAMED]))
        said.append(say(N_("Without other States' figures of: %(periods)s."), periods=names))
    if on_a_map:
        said.append(say(words.page.portal.settings.portal_map_disclaimer))
    return said


def file_name(found: Found, suffix: str) -> str:
    """As illegal_entries-citizenship-2013-H1.csv."""
    one = found.search
    period = one.period.replace("..", "_to_")
    return f"{one.indicator}-{one.dimension}-{period}{suffix}"
