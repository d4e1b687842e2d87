"""What can be searched for: each indicator, and the dimensions that the template asks it by. Pure; from the template.

Source of what has figures: docs/architecture.md, "Where a figure lives".
"""

from collections.abc import Sequence
from functools import cache

from contracts import template as templates
from contracts.figures import FEE_MAX, FEE_MIN, FEE_TYPICAL, ROUTES_LISTED
from contracts.template import Template
from services.gateway.dimensions import JOINT
from services.gateway.portal.menu import N_

TOTAL, ROUTE, CORRIDOR = "total", "route", "corridor"
FEES = (FEE_TYPICAL, FEE_MIN, FEE_MAX)
OWN_TITLES = {
    "routes": N_("Persons on routes"),
    ROUTES_LISTED: N_("Routes named in returns"),
    FEE_MIN: N_("Lowest fee, in US dollars"),
    FEE_TYPICAL: N_("Typical fee, in US dollars"),
    FEE_MAX: N_("Highest fee, in US dollars"),
    "methods_and_fees": N_("Methods and payment named in returns"),
    "other_crime_areas": N_("Other crime areas named in returns"),
}
OWN_LABELS = {TOTAL: N_("Total"), ROUTE: N_("Route"), CORRIDOR: N_("Corridor")}
UNITS = {
    "routes": N_("persons"),
    ROUTES_LISTED: N_("returns"),
    "methods_and_fees": N_("returns"),
    "other_crime_areas": N_("returns"),
    **dict.fromkeys(FEES, N_("US dollars")),
}


@cache
def tables() -> dict[str, tuple[str, ...]]:
    """Each indicator with the dimensions there are figures by, in the order of the template."""
    template = templates.load()
    found: dict[str, tuple[str, ...]] = {}
    for group in template.groups:
        for question in group.questions:
            asked: Sequence[str] = ()
            match question.kind:
                case "total":
                    asked = (TOTAL,)
                case "breakdown":
                    joined = (JOINT.join(question.dimensions),) if len(question.dimensions) > 1 else ()
                    asked = (*question.dimensions, *joined)
                case "routes":
                    asked = (ROUTE, CORRIDOR)
                case "fees":
                    asked = ("smuggling_method", "payment_method")
                case "choices":
                    asked = (question.code_list,) if question.code_list else ()
                case "narrative":
                    pass
            if asked:
                found[group.id] = tuple(dict.fromkeys((*found.get(group.id, ()), *asked)))
            if question.kind == "routes":
                found[ROUTES_LISTED] = (ROUTE, CORRIDOR)
            if question.kind == "fees":
                found |= dict.fromkeys(FEES, (CORRIDOR,))
    return found


def dimensions_of_tables() -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for asked in tables().values() for one in asked))


def title(template: Template, indicator: str) -> str:
    """What an indicator is called, in the language of the code: translate it with ``said``."""
    return OWN_TITLES.get(indicator) or template.group(indicator).title


def unit(template: Template, indicator: str) -> str:
    return UNITS.get(indicator) or template.group(indicator).unit or ""


def labels(template: Template, dimension: str) -> tuple[str, ...]:
    """What a dimension is called; several texts for a joined one."""
    if dimension in OWN_LABELS:
        return (OWN_LABELS[dimension],)
    return tuple(template.dimension(part).label for part in dimension.split(JOINT))


def of_countries(template: Template, dimension: str) -> bool:
    """Whether each member is one country."""
    return dimension not in OWN_LABELS and JOINT not in dimension and template.dimension(dimension).kind == "country"


def adds_up(indicator: str) -> bool:
    """Whether figures of several members are counts of the same kind of thing, so that lengths compare as amounts."""
    return indicator not in FEES
