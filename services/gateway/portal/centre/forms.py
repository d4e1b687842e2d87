"""The centre's forms: opening a cycle, changing one, giving a participant more time."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import ValidationError

from contracts.records import REMINDER_DAYS, Cycle
from services.gateway.api import cycles
from services.gateway.api.cycles import CycleChange, MoreTime
from services.gateway.api.permission import demand
from services.gateway.portal.centre.wording import CYCLE_RULES, CYCLE_WORDS, EXTENSION_WORDS
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.refused import errors_of, errors_of_problem
from services.gateway.problems import Problem
from services.gateway.rules import Target
from services.gateway.shape import record_faults

router = APIRouter(route_class=PortalRoute)
Typed = dict[str, Any]
_FIELDS = ("id", "opens", "due", "grace_days", "closes", "reminder_days")


@router.get("/cycles/new")
async def new_cycle(page: SignedIn) -> Response:
    """An empty form, every participant expected."""
    demand(page.subject, "write_cycles", Target())
    await page.gateway.view.refresh()
    everybody = [one.code for one in page.gateway.view.directory.participants()]
    typed = {"grace_days": "0", "reminder_days": ", ".join(map(str, REMINDER_DAYS)), "expected": everybody}
    return _form(page, None, typed)


@router.post("/cycles/new")
async def open_cycle(page: SignedIn) -> Response:
    """Opens it. The same twice is one cycle; another one of that name is refused."""
    demand(page.subject, "write_cycles", Target())
    typed = await _typed(page)
    wanted = _read(typed)
    try:
        new = Cycle.model_validate(wanted)
        await page.ask(cycles.open_cycle, new=new, response=Response())
    except ValidationError as error:
        errors = errors_of(page, record_faults(error, wanted), CYCLE_WORDS, "due", CYCLE_RULES)
        return _form(page, None, typed, errors)
    except Problem as problem:
        if problem.status_code != 409:
            raise
        taken = page.say(
            "A cycle of the period %(cycle)s exists already. Change it on its own page.", cycle=page.period(typed["id"])
        )
        return _form(page, None, typed, {"id": taken})
    return page.go(f"/cycles/{new.id}", page.say("The cycle %(cycle)s is saved.", cycle=page.period(new.id)))


@router.get("/cycles/{cycle}/change")
async def change_page(cycle: str, page: SignedIn) -> Response:
    """The form with the cycle in it."""
    demand(page.subject, "write_cycles", Target())
    there = await page.ask(cycles.cycle, cycle=cycle)
    typed = {
        **{name: str(getattr(there, name)) for name in _FIELDS},
        "reminder_days": ", ".join(map(str, there.reminder_days)),
        "expected": there.expected,
    }
    return _form(page, there, typed)


@router.post("/cycles/{cycle}/change")
async def change(cycle: str, page: SignedIn) -> Response:
    """Changes dates, days and who is expected."""
    demand(page.subject, "write_cycles", Target())
    there = await page.ask(cycles.cycle, cycle=cycle)
    typed = await _typed(page)
    wanted = {name: value for name, value in _read(typed).items() if name != "id"}
    try:
        await page.ask(cycles.change_cycle, cycle=there.id, change=CycleChange.model_validate(wanted))
    except ValidationError as error:
        errors = errors_of(page, record_faults(error, wanted), CYCLE_WORDS, "due", CYCLE_RULES)
        return _form(page, there, typed, errors)
    except Problem as problem:
        return _form(page, there, typed, errors_of_problem(page, problem, CYCLE_WORDS, "due", CYCLE_RULES))
    return page.go(f"/cycles/{there.id}", page.say("The cycle %(cycle)s is changed.", cycle=page.period(there.id)))


@router.get("/cycles/{cycle}/extensions")
async def extension_page(cycle: str, page: SignedIn, participant: str = "") -> Response:
    """The form; ``participant`` is chosen already where a link said so."""
    demand(page.subject, "write_cycles", Target())
    there = await page.ask(cycles.cycle, cycle=cycle)
    return _extension(page, there, {"participant": participant})


@router.post("/cycles/{cycle}/extensions")
async def extend(cycle: str, page: SignedIn) -> Response:
    """Gives one participant a later due date, with the reason."""
    demand(page.subject, "write_cycles", Target())
    there = await page.ask(cycles.cycle, cycle=cycle)
    typed = await page.fields()
    wanted = {name: typed.get(name, "") for name in ("participant", "due", "reason")}
    try:
        more = MoreTime.model_validate(wanted)
        await page.ask(cycles.extend, cycle=there.id, more=more)
    except ValidationError as error:
        return _extension(page, there, wanted, errors_of(page, record_faults(error, wanted), EXTENSION_WORDS, "due"))
    except Problem as problem:
        return _extension(page, there, wanted, errors_of_problem(page, problem, EXTENSION_WORDS, "reason"))
    said = page.say("%(who)s has more time.", who=page.participant(more.participant))
    return page.go(f"/cycles/{there.id}", said)


async def _typed(page: SignedInPage) -> Typed:
    """What stands in the form, as text."""
    fields, sent = await page.fields(), await page.form()
    return {**{name: fields.get(name, "") for name in _FIELDS}, "expected": [str(x) for x in sent.getlist("expected")]}


def _read(typed: Typed) -> Typed:
    """The same as a record's values; what cannot be read stays text, for the record's own rules to refuse."""
    days = [one.strip() for one in typed["reminder_days"].split(",") if one.strip()]
    return {
        **{name: typed[name] for name in ("id", "opens", "due", "closes")},
        "grace_days": _number(typed["grace_days"] or "0"),
        "reminder_days": [_number(one) for one in days],
        "expected": typed["expected"],
    }


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


def _form(page: SignedInPage, cycle: Cycle | None, typed: Typed, errors: dict[str, str] | None = None) -> Response:
    return page.show(
        "centre/cycle_form.html",
        422 if errors else 200,
        cycle=cycle,
        typed=typed,
        participants=page.gateway.view.directory.participants(),
        errors=errors,
    )


def _extension(page: SignedInPage, cycle: Cycle, typed: Typed, errors: dict[str, str] | None = None) -> Response:
    return page.show("centre/extension.html", 422 if errors else 200, cycle=cycle, typed=typed, errors=errors)
