"""The menu of the documents: Dashboard, and Reports, Content, Users, Exit with what each page set puts under them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from services.gateway.subject import Role, Subject

Heading = Literal["Reports", "Content", "Users", "Exit"]


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Marks a text for the catalogues and gives it back as it is."""
    return text


HEADINGS: dict[Heading, str] = {
    "Reports": N_("Reports"),
    "Content": N_("Content"),
    "Users": N_("Users"),
    "Exit": N_("Exit"),
}


def everybody(_subject: Subject) -> bool:
    return True


def roles(*names: Role) -> Callable[[Subject], bool]:
    """Shown to these roles."""
    return lambda subject: subject.role in names


@dataclass(frozen=True, slots=True)
class Entry:
    """A line under a heading. ``label``: marked with N_. ``shown``: to whom it is of use; access is decided by
    ``may`` at the page itself."""

    heading: Heading
    label: str
    path: str
    shown: Callable[[Subject], bool] = everybody
    order: int = 50


def menu(entries: Iterable[Entry], subject: Subject | None) -> dict[Heading, list[Entry]]:
    """The entries under each heading for a visitor; headings without any are left out."""
    found: dict[Heading, list[Entry]] = {heading: [] for heading in HEADINGS}
    for one in sorted(entries, key=lambda entry: entry.order):
        if subject is not None and one.shown(subject):
            found[one.heading].append(one)
    return {heading: lines for heading, lines in found.items() if lines}
