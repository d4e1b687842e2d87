"""The buttons of a question's page: add, remove, move, paste; and the blank lines that the page shows. Pure.

A button's value is a short command: ``add-row``, ``add-row:sea``, ``remove-row:3``, ``add-route``, ``add-leg:0``,
``leg-up:0:2``, ``leg-down:0:2``, ``remove-leg:0:2``, ``remove-route:1``, ``add-fee``, ``remove-fee:0``, ``paste``,
``paste:sea``. Numbers are places of the page as it was shown, blank lines counted.
"""

from collections.abc import Sequence

from contracts.template import Question, Template
from services.gateway.portal.numerals import whole
from services.gateway.portal.returns.pasting import rows_of
from services.gateway.portal.returns.typed import Line, TypedAnswer, TypedFee, TypedRoute, columns, fixed_dimension

FIRST_BLANKS, MORE_BLANKS = 3, 5


def edited(typed: TypedAnswer, command: str, block: str, question: Question, template: Template) -> TypedAnswer:
    """The answer after a button, without blank lines. ``block``: what was pasted. Other commands change nothing.

    Raises NotRows.
    """
    name, _, rest = command.partition(":")
    places = [place for one in rest.split(":") if (place := whole(one)) is not None]
    fixed = fixed_dimension(question, template)
    changed = typed.model_copy(deep=True)
    lists: dict[str, list[Line] | list[TypedRoute] | list[TypedFee]] = {
        "remove-row": changed.rows,
        "remove-route": changed.routes,
        "remove-fee": changed.fees,
    }
    if name == "paste":
        changed.rows += rows_of(block, columns(question, template), {fixed: rest} if fixed else {})
    elif name in lists and places:
        _drop(lists[name], places[0])
    elif name in ("remove-leg", "leg-up", "leg-down") and len(places) == 2 and places[0] < len(changed.routes):
        _legs(changed.routes[places[0]].legs, name, places[1])
    return changed.tidy(question, template)


def with_blanks(typed: TypedAnswer, more: str, question: Question, template: Template) -> TypedAnswer:
    """The answer with the blank lines of its page; ``more``: the button that asked for another one."""
    shown = typed.model_copy(deep=True)
    name, _, rest = more.partition(":")
    if question.kind == "breakdown":
        fixed = fixed_dimension(question, template)
        codes: Sequence[str] = template.dimension(fixed).codes if fixed else ("",)
        for code in codes:
            there = sum(1 for row in typed.rows if not fixed or row.get(fixed) == code)
            wanted = MORE_BLANKS if name == "add-row" and rest == code else 1 if there else FIRST_BLANKS
            if question.complete and fixed:
                wanted = 0 if there else 1
            shown.rows += [{fixed: code} if fixed else {} for _ in range(wanted)]
    elif question.kind == "routes":
        if not shown.routes or name == "add-route":
            shown.routes.append(TypedRoute())
        for place, route in enumerate(shown.routes):
            if name == "add-leg" and rest == str(place):
                route.legs.append({"type": "transit"})
            while len(route.legs) < 2:
                route.legs.append({"type": "transit" if route.legs else "origin"})
    elif question.kind == "fees" and (not shown.fees or name == "add-fee"):
        shown.fees.append(TypedFee())
    return shown


def _legs(legs: list[Line], name: str, here: int) -> None:
    if name == "remove-leg":
        _drop(legs, here)
        return
    there = here + (1 if name == "leg-down" else -1)
    if not (0 <= here < len(legs) and 0 <= there < len(legs)):
        return
    legs[here], legs[there] = legs[there], legs[here]
    # A route begins with its origin: what a country is to the route stays at the beginning, the countries move.
    if 0 in (here, there) or "destination" in (legs[here].get("type"), legs[there].get("type")):
        legs[here]["type"], legs[there]["type"] = legs[there].get("type", ""), legs[here].get("type", "")


def _drop(lines: list[Line] | list[TypedRoute] | list[TypedFee], place: int) -> None:
    if place < len(lines):
        del lines[place]
