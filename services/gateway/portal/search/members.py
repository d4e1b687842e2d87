"""Which members of a dimension a text means: codes and names in both languages, one country of a route. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field

from contracts import geography
from contracts.geography import Resolved
from contracts.template import Template
from services.gateway import dimensions
from services.gateway.dimensions import JOINED_STEP, JOINT, ROUTE_STEP, NotAMember
from services.gateway.portal.search import catalogue

Keeps = Callable[[str, str], bool]
"""Whether a member with its shown name is one that was asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``exact``: the one member to ask for; else all are asked for and ``keeps`` chooses."""

    exact: str | None = None
    keeps: Keeps = field(default=lambda _member, _name: True)


def wanted(template: Template, dimension: str, text: str) -> Wanted | NotAMember:
    """What ``text`` asks for within ``dimension``; a blank asks for everything."""
    if not text or dimension == catalogue.TOTAL:
        return Wanted()
    if dimension in (catalogue.ROUTE, catalogue.CORRIDOR):
        return _on_the_way(template, dimension, text)
    if catalogue.of_countries(template, dimension) or JOINED_STEP in text:
        found = dimensions.member(template, dimension, text)
        return Wanted(found) if isinstance(found, str) else found
    if JOINT in dimension and isinstance(one := geography.resolve(text), Resolved):
        return Wanted(keeps=lambda member, _: one.code in member.split(JOINED_STEP))
    return Wanted(keeps=lambda member, name: text == member or text.casefold() in name.casefold())


def _on_the_way(template: Template, dimension: str, text: str) -> Wanted | NotAMember:
    """A whole route, or one country that routes pass."""
    found = dimensions.member(template, dimension, text)
    if isinstance(found, NotAMember):
        return found
    if ROUTE_STEP in found:
        return Wanted(found)
    return Wanted(keeps=lambda member, _: found in member.split(ROUTE_STEP))
