"""Last cycle's lines as a start: what they are about, without their figures."""

from contracts.period import Period
from contracts.template import Question, Template
from services.gateway.portal.returns.line import ReturnLine
from services.gateway.portal.returns.typed import TypedAnswer, fixed_dimension

_FIGURES = ("value", "status", "comment", "caveat", "persons", "share", "fee_min", "fee_typical", "fee_max")


async def start_from(line: ReturnLine, question: Question) -> TypedAnswer | None:
    """The lines of the return in force of the period before, to be filled in; None where there are none."""
    if question.kind not in ("breakdown", "routes", "fees") or question.complete:
        return None
    standing = await line.in_force(str(Period.parse(line.cycle.id).previous()))
    there = line.answers(standing).get(question.id) if standing else None
    return without_figures(there, question, line.template) if there else None


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
