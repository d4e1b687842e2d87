"""Last cycle's lines as a start: what they are about, without their figures."""

from collections.abc import Iterable

from contracts.period import Period
from contracts.template import Question, Template
from services.gateway.portal.returns.line import ReturnLine
from services.gateway.portal.returns.typed import TypedAnswer, fixed_dimension

MOST_LOOKED_AT = 4
"""Earlier cycles, each some look-ups: a State that has left out four has no last return worth starting from."""
_FIGURES = ("value", "status", "comment", "caveat", "persons", "share", "fee_min", "fee_typical", "fee_max")


async def start_from(line: ReturnLine, question: Question) -> TypedAnswer | None:
    """The lines of the last return in force that has any, to be filled in; None where there are none."""
    if question.kind not in ("breakdown", "routes", "fees") or question.complete:
        return None
    known = (Period.parse(one.id) for one in line.page.gateway.view.directory.cycles())
    for cycle in earlier(Period.parse(line.cycle.id), known)[:MOST_LOOKED_AT]:
        standing = await line.in_force(str(cycle))
        there = line.answers(standing).get(question.id) if standing else None
        if there and (found := without_figures(there, question, line.template)):
            return found
    return None


def earlier(cycle: Period, known: Iterable[Period]) -> list[Period]:
    """The cycles that ended before this one began, the last one first; of those, one as long as this, then longer ones.

    A State that changes from years to half-years, or to quarters, has a last return too.
    """
    ended = {one for one in known if one.end <= cycle.first_month} | {cycle.previous()}
    return sorted(ended, key=lambda one: (-one.end, one.months != cycle.months, -one.months))


def without_figures(there: TypedAnswer, question: Question, template: Template) -> TypedAnswer | None:
    """What the lines of an answer are about; None where it has none."""
    keep = {"rows": [_about(one) for one in there.rows]}
    routes = [one.model_copy(update={"said": _about(one.said)}) for one in there.routes]
    fees = [one.model_copy(update={"said": _about(one.said)}) for one in there.fees]
    fixed = fixed_dimension(question, template)
    found = TypedAnswer(rows=keep["rows"], routes=routes, fees=fees).tidy(question, template)
    return found if any(row.keys() - {fixed} for row in found.rows) or found.routes or found.fees else None


def _about(line: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in line.items() if name not in _FIGURES}
