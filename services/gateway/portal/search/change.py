"""A figure against that of the period before, and what makes the two hard to compare. Pure."""

from dataclasses import dataclass

from services.gateway.portal.search.finding import Figure


@dataclass(frozen=True, slots=True)
class Change:
    """``percent``: None where there was nothing before. ``same``: the same States stand behind both figures, and each
    covers its whole period: otherwise the difference may be one of reporting alone."""

    difference: int
    percent: int | None
    same: bool


def change(now: Figure | None, before: Figure | None) -> Change | None:
    """None where either period has no figure: a blank is never a zero."""
    if now is None or before is None:
        return None
    difference = now.value - before.value
    percent = round(100 * difference / before.value) if before.value else None
    same = now.reporters == before.reporters and now.complete and before.complete
    return Change(difference, percent, same)
