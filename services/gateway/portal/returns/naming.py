"""What a field of a question's page is called, and in which row, route or way it stands: so that every line of an
error summary says which one it means. Pure.

In: the id of a field (``rows-3-value``), and the answer as the page shows it. Out: words in the visitor's language, as
``say`` translates them.
"""

from collections.abc import Callable

from contracts.template import Question, Template
from services.gateway.portal.menu import N_
from services.gateway.portal.returns.typed import TypedAnswer, fixed_dimension

Say = Callable[..., str]
_WHOLE = {
    "status": N_("The whole answer"),
    "value": N_("Total number"),
    "text": N_("Description"),
    "choices": N_("Choices"),
    "comment": N_("Comment"),
    "caveat": N_("Caveat"),
    "sharing": N_("Who may see it"),
}
_ROW = {"value": N_("Number"), "status": N_("No figure"), "comment": N_("Comment"), "caveat": N_("Caveat")}
_ROUTE = {
    "citizenship": N_("Main route for irregular migrants from"),
    "persons": N_("Persons"),
    "share": N_("Share of the group"),
    "comment": N_("Comment"),
    "caveat": N_("Caveat"),
}
_LEG = {"type": N_("Type")}
_FEE = {
    "from": N_("From"),
    "to": N_("To"),
    "citizenship": N_("Citizenship of the migrants"),
    "methods": N_("Methods used"),
    "payment": N_("How the fee was paid"),
    "fee_min": N_("Lowest fee per person"),
    "fee_typical": N_("Typical fee"),
    "fee_max": N_("Highest fee"),
    "currency": N_("Currency"),
    "comment": N_("Comment"),
    "caveat": N_("Caveat"),
}


def line_of(field: str, typed: TypedAnswer, question: Question, template: Template, say: Say) -> str:
    """The row, the route or the way that a field stands in; blank for a field of the whole answer."""
    match field.split("-"):
        case ["rows", index, *_] if index.isdecimal():
            return _row(int(index), typed, question, template, say)
        case ["routes", index, "legs", leg, *_] if index.isdecimal() and leg.isdecimal():
            route = say("Route %(n)s", n=int(index) + 1)
            return f"{route}, {say('country %(n)s', n=int(leg) + 1)}"
        case ["routes", index, *_] if index.isdecimal():
            return say("Route %(n)s", n=int(index) + 1)
        case ["fees", index, *_] if index.isdecimal():
            return say("Way %(n)s", n=int(index) + 1)
        case ["block", part]:
            return _part(part, question, say)
    return ""


def named(field: str, typed: TypedAnswer, question: Question, template: Template, say: Say) -> str:
    """The same with the field itself: “Row 4 – Number”. Blank for what is no field of the page."""
    both = line_of(field, typed, question, template, say), _leaf(field, question, template, say)
    return " – ".join(one for one in both if one)


def _leaf(field: str, question: Question, template: Template, say: Say) -> str:
    match field.split("-"):
        case ["rows", _, "value"] if question.complete and fixed_dimension(question, template):
            return ""  # the row is named as the field is: by what is counted in it
        case ["rows", _, name]:
            label = _ROW.get(name) or (template.dimension(name).label if name in question.dimensions else "")
        case ["routes", _, "legs", _, "mode"] | ["fees", _, "mode"]:
            label = template.dimension("mode").label
        case ["routes", _, "legs", _, name]:
            label = _LEG.get(name, "")
        case ["routes", _, name]:
            label = _ROUTE.get(name, "")
        case ["fees", _, name]:
            label = _FEE.get(name, "")
        case ["block", _]:
            label = N_("Paste rows from a spreadsheet")
        case [name]:
            label = _WHOLE.get(name, "")
        case _:
            label = ""
    return say(label) if label else ""


def _row(index: int, typed: TypedAnswer, question: Question, template: Template, say: Say) -> str:
    """Counted within its sub-question, where the page has a table for each."""
    fixed = fixed_dimension(question, template)
    codes = [row.get(fixed, "") for row in typed.rows] if fixed else []
    if not fixed or index >= len(codes):
        return say("Row %(n)s", n=index + 1)
    if question.complete:
        return say(template.dimension(fixed).labels.get(codes[index], codes[index]))
    place = codes[: index + 1].count(codes[index])
    return f"{_part(codes[index], question, say)}, {say('row %(n)s', n=place)}"


def _part(code: str, question: Question, say: Say) -> str:
    return next((say(one.title) for one in question.parts if one.code == code), "")
