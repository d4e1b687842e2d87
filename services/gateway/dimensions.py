"""The dimensions that aggregates know, what a member of one is called, and which member a text means. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contracts import geography
from contracts.figures import FEE_MAX, FEE_MIN, FEE_TYPICAL, ROUTES_LISTED
from contracts.geography import Ambiguous, Resolved
from contracts.template import Dimension, Template

JOINT = "_and_"
ROUTE_STEP, JOINED_STEP, PLACE_STEP = ">", "|", ":"


@dataclass(frozen=True, slots=True)
class NotAMember:
    """A text that names no member, and which ones it may have meant."""

    part: str
    suggestions: tuple[str, ...]


def known(template: Template) -> tuple[str, ...]:
    """The template's dimensions, those that a question joins, and the three that are no column of a question."""
    joined = {JOINT.join(q.dimensions): None for q in template.questions if len(q.dimensions) > 1}
    own = (one.id for one in template.dimensions if one.id != "leg_type")
    return tuple(dict.fromkeys([*own, *joined, "route", "corridor", "total"]))


def indicators(template: Template) -> tuple[str, ...]:
    """What can be asked for with ``indicator=``."""
    return (*template.indicator_ids, ROUTES_LISTED, FEE_MIN, FEE_TYPICAL, FEE_MAX)


def name(
    template: Template,
    dimension: str,
    member: str,
    country: Callable[[str], str] | None = None,
    said: Callable[[str], str] = str,
) -> str:
    """What to show for a member; the member itself where nothing better is known.

    ``country`` and ``said``: a country's name and the template's words in another language.
    """
    country = country or _country
    if dimension == "total":
        return "Total"
    if dimension in ("route", "corridor"):
        return " > ".join(country(code) for code in member.split(ROUTE_STEP))
    parts = dimension.split(JOINT)
    members = member.split(JOINED_STEP) if len(parts) > 1 else [member]
    if len(members) != len(parts):
        return member
    return " · ".join(
        _one(template.dimension(part), code, country, said) for part, code in zip(parts, members, strict=True)
    )


def member(template: Template, dimension: str, text: str) -> str | NotAMember:
    """The member that ``text`` means: countries by code or name, also within a route or a joined member."""
    if dimension in ("route", "corridor"):
        return _resolved([(None, step) for step in text.split(ROUTE_STEP)], ROUTE_STEP)
    parts = dimension.split(JOINT)
    if dimension == "total" or len(parts) != len(text.split(JOINED_STEP)):
        return text
    steps = [(template.dimension(part), step) for part, step in zip(parts, text.split(JOINED_STEP), strict=True)]
    return _resolved(steps, JOINED_STEP)


def _resolved(steps: Sequence[tuple[Dimension | None, str]], joint: str) -> str | NotAMember:
    found: list[str] = []
    for dimension, text in steps:
        if dimension is not None and dimension.kind != "country":
            found.append(text)
            continue
        match geography.resolve(text, dimension.special if dimension else ()):
            case Resolved(code=code):
                found.append(code)
            case Ambiguous(candidates=candidates):
                return NotAMember(text, candidates)
            case other:
                return NotAMember(text, other.suggestions)
    return joint.join(found)


def _one(dimension: Dimension, code: str, country: Callable[[str], str], said: Callable[[str], str]) -> str:
    match dimension.kind:
        case "country":
            return country(code)
        case "place":
            state, _, place = code.partition(PLACE_STEP)
            return f"{place}, {country(state)}" if place else code
        case "code":
            return said(dimension.labels[code]) if code in dimension.labels else code


def _country(code: str) -> str:
    try:
        return geography.name(code)
    except KeyError:
        return code
