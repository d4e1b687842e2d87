"""From a notice to the words of its mail: subject, plain text and HTML. Pure, once the templates are read.

The words stand in ``templates/texts.<language>.toml``, one section a kind; the two layouts in ``templates/*.j2``.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts.directory import Directory
from contracts.period import Period
from services.notification.rules import NoticePlan

TEMPLATES = Path(__file__).with_name("templates")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
CENTRE_GREETING, GREETING = "To the Coordination and Analysis Unit", "To the focal point of {}"


@dataclass(frozen=True)
class Letter:
    """The words of one mail. ``subject`` is one line."""

    subject: str
    text: str
    html: str


class Letters:
    """The templates of one language."""

    def __init__(self, portal_url: str, language: str = "en") -> None:
        """Reads the files. ``portal_url``: where every letter's link leads."""
        self._portal_url, self._language = portal_url, language
        texts = (TEMPLATES / f"texts.{language}.toml").read_text(encoding="utf-8")
        self._texts: dict[str, dict[str, Any]] = tomllib.loads(texts)
        loader = FileSystemLoader(TEMPLATES)
        # A word that is missing is a fault of ours, never an empty place in a letter to a State.
        self._plain = Environment(loader=loader, undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701
        self._html = Environment(loader=loader, undefined=StrictUndefined, autoescape=True)
        self._inliner = CSSInliner(load_remote_stylesheets=False)

    def kinds(self) -> frozenset[str]:
        """The kinds, and families of kinds (``reminder``), that there are words for."""
        return frozenset(self._texts)

    def write(self, planned: NoticePlan, directory: Directory) -> Letter:
        """The letter as it should read now: names and dates as they stand in the directory at this moment."""
        texts = self._texts[family(planned.kind)]
        facts = _facts(planned, directory)
        fill = {name: " ".join(value.split()) for name, value in facts.items()}
        values = {
            "language": self._language,
            "link": self._portal_url,
            "greeting": CENTRE_GREETING if planned.to_centre else GREETING.format(fill["participant"]),
            "subject": self._plain.from_string(texts["subject"]).render(fill),
            "lines": [self._plain.from_string(line).render(fill) for line in texts["lines"]],
            "action": texts["action"],
        }
        return Letter(
            str(values["subject"]),
            self._plain.get_template("notice.txt.j2").render(values),
            self._inliner.inline(self._html.get_template("notice.html.j2").render(values)),
        )


def family(kind: str) -> str:
    """``reminder_30`` and ``reminder_7`` say the same; so do the overdue ones."""
    head, _, days = kind.rpartition("_")
    return head if days.isdigit() else kind


def _facts(planned: NoticePlan, directory: Directory) -> dict[str, str]:
    code = planned.participant or ""
    participant = directory.participant(code)
    facts = {"cycle": spoken_period(planned.cycle), "participant": participant.name if participant else code}
    cycle = directory.cycle(planned.cycle)
    if cycle is not None:
        due = directory.due_day(cycle, code)
        zone = directory.time_zone(code)
        facts["due_day"] = spoken_day(due)
        facts["due"] = f"the end of {spoken_day(due)} ({zone} time)"
        facts["closes"] = spoken_day(max(cycle.closes, due))
    else:
        # Its record has gone since the notice was planned; the letter goes out with what is left to say.
        facts |= {"due_day": "the date shown in the portal", "due": "the date shown in the portal"}
        facts["closes"] = "the day shown in the portal"
    return facts


def spoken_day(day: date) -> str:
    """``30 September 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def spoken_period(cycle: str) -> str:
    """``2012``, ``January–June 2013``."""
    period = Period.parse(cycle)
    if period.months == 12:
        return cycle
    return f"{MONTHS[period.first_day.month - 1]}–{MONTHS[period.last_day.month - 1]} {period.first_day.year}"
