"""The page of one question: shown, saved by itself or by hand, and changed by its buttons."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from contracts import currency, geography
from contracts.template import Question
from services.gateway.portal.filters import COLON
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.menu import N_
from services.gateway.portal.numerals import whole
from services.gateway.portal.returns.checking import Noted, checked_if_possible
from services.gateway.portal.returns.draft import Draft
from services.gateway.portal.returns.drafts import DraftTooLargeError, changed
from services.gateway.portal.returns.editing import edited, with_blanks
from services.gateway.portal.returns.line import Line, ReturnLine
from services.gateway.portal.returns.pasting import NotRows
from services.gateway.portal.returns.places import marked
from services.gateway.portal.returns.reading import read
from services.gateway.portal.returns.screened import personal_fields
from services.gateway.portal.returns.starting import start_from
from services.gateway.portal.returns.telling import LABELS, STATUS_LABELS, told
from services.gateway.portal.returns.typed import TypedAnswer, columns, fixed_dimension
from services.gateway.problems import not_found

router = APIRouter(route_class=PortalRoute)
PATH = "/returns/{cycle}/{line}/{question}"
PERSONAL = N_("The text seems to hold personal data. Returns never name or describe a person.")
NOT_ROWS = N_("These rows cannot be read. Look for a quotation mark that does not end, or paste fewer rows.")


@dataclass
class Asked:
    """What stands on the page besides the answer."""

    errors: dict[str, str] = field(default_factory=dict)
    notes: list[Noted] = field(default_factory=list)
    block: str = ""
    """What was pasted and could not be read."""


@router.get(PATH)
async def question_page(question: str, line: Line, more: str = "") -> Response:
    """One question with its answer as it stands in the draft."""
    asked = _question(line, question)
    typed = line.draft.typed.get(asked.id, TypedAnswer())
    found = await _notes(line, asked) if not typed.blank and not more else Asked()
    return await _shown(line, asked, typed, found, more=more)


@router.post(PATH)
async def save(question: str, line: Line) -> Response:
    """Save an answer, whatever it says but a person, then do what the button says."""
    asked, page = _question(line, question), line.page
    sent = await page.form()
    command, seen, opened = (_one(sent, name) for name in ("do", "version", "page"))
    texts = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    by_itself = command == "autosave"
    version = line.draft.version if (number := whole(seen)) is None else number
    typed, refused = await _typed(line, asked, texts, command)
    if refused.errors and by_itself:
        return page.show("returns/saved.html", kept=None, personal=True, now=page.now())
    if refused.errors:
        # Nothing is kept: the page goes on from the version that it was shown with.
        return await _shown(line, asked, typed, refused, 422, seen=version, opened=opened)

    def change(there: Draft) -> Draft | None:
        if there.conflicts(asked.id, typed, version, opened):
            return None
        return there.with_answer(asked.id, typed, page.user.login, page.now(), opened if by_itself else "")

    try:
        kept = await changed(line.drafts, line.draft, change)
    except DraftTooLargeError as error:
        if by_itself:
            return page.show("returns/saved.html", kept=None, too_large=True, now=page.now())
        found = Asked({"": page.say(str(error.detail))})
        return await _shown(line, asked, typed, found, error.status_code, seen=version, opened=opened)
    if by_itself:
        return page.show("returns/saved.html", kept=kept, now=page.now())
    if kept is None:
        return await _conflict(line, asked, typed)
    line.draft = kept
    path = f"{line.path}/{asked.id}"
    if command.startswith(("add-", "remove-", "leg-", "paste", "start")):
        return page.go(f"{path}?more={quote(command[:60])}#{_near(command)}")
    found = await _notes(line, asked)
    if found.errors and not (command == "save" and not _unreadable(line, asked)):
        return await _shown(line, asked, typed, found, 422)
    if command == "next" and (following := _beside(line, asked)[1]):
        return page.go(f"{line.path}/{following.id}", page.say("%(number)s is saved.", number=asked.number))
    return page.go(
        line.path if command in ("next", "tasks") else path, page.say("%(number)s is saved.", number=asked.number)
    )


async def _typed(
    line: ReturnLine, asked: Question, texts: list[tuple[str, str]], command: str
) -> tuple[TypedAnswer, Asked]:
    """What the page and its button say, and the errors for which none of it is kept."""
    typed, at = TypedAnswer.of_form(texts), f"block-{command.partition(':')[2]}"
    block = dict(texts).get(at, "")
    try:
        typed = edited(typed, command, block, asked, line.template)
    except NotRows:
        return typed.tidy(asked, line.template), Asked({at: line.page.say(NOT_ROWS)}, block=block)
    if command == "start":
        typed = await start_from(line, asked) or typed
    personal = await asyncio.to_thread(personal_fields, typed)
    return typed, Asked(dict.fromkeys(personal, line.page.say(PERSONAL)))


def _near(command: str) -> str:
    """Where on the page a button's work is seen: the route, the sub-question, or the beginning of the answer."""
    name, _, rest = command.partition(":")
    place = rest.partition(":")[0]
    if name in ("add-leg", "remove-leg", "leg-up", "leg-down") and place.isdecimal():
        return f"route-{place}"
    return f"part-{place}" if name in ("add-row", "paste") and place.isalpha() else "answer"


def _question(line: ReturnLine, name: str) -> Question:
    found = next((one for one in line.template.questions if one.id == name), None)
    if found is None:
        raise not_found()
    return found


def _one(sent: FormData, name: str) -> str:
    value = sent.get(name, "")
    return value if isinstance(value, str) else ""


def _unreadable(line: ReturnLine, asked: Question) -> bool:
    return bool(read(line.draft.typed.get(asked.id, TypedAnswer()), asked, line.template).faults)


async def _notes(line: ReturnLine, asked: Question) -> Asked:
    """What is found about this answer: what hinders it at its field, the rest beside it."""
    notes = (await checked_if_possible(line)).at(asked.id)
    errors: dict[str, str] = {}
    for one in notes:
        if one.severity == "blocker":
            errors.setdefault(one.field, one.text)
    return Asked(errors, [one for one in notes if one.severity != "blocker"])


def _beside(line: ReturnLine, asked: Question) -> tuple[Question | None, Question | None]:
    whole = line.template.questions
    place = whole.index(asked)
    return (whole[place - 1] if place else None), (whole[place + 1] if place + 1 < len(whole) else None)


async def _shown(
    line: ReturnLine,
    asked: Question,
    typed: TypedAnswer,
    found: Asked,
    status: int = 200,
    more: str = "",
    seen: int | None = None,
    opened: str = "",
) -> Response:
    """The page. ``seen``, ``opened``: of the page that it goes on from, where what it sent was not kept."""
    template, page = line.template, line.page
    standing = await line.in_force()
    wanted = line.asked_of(standing)
    correcting = marked(wanted, line.answers(standing), typed, asked) if standing and wanted else set()
    fixed = fixed_dimension(asked, template)
    total = template.total_of(asked)
    stated = line.draft.typed.get(total.id, TypedAnswer()).value if total else ""
    group = template.group(asked.group)
    terms = [template.term(one) for one in dict.fromkeys((*asked.terms, *group.terms))]
    before, following = _beside(line, asked)
    return page.show(
        "returns/question.html",
        status,
        line=line,
        question=asked,
        group=group,
        section=next(one for one in template.sections if one.number == group.section),
        terms=terms,
        typed=typed,
        shown=with_blanks(typed, more, asked, template),
        columns=[template.dimension(one) for one in columns(asked, template)],
        fixed=template.dimension(fixed) if fixed else None,
        dimensions={one.id: one for one in template.dimensions},
        total=total,
        stated=_figure(stated),
        counted=_counted(typed),
        statuses=STATUS_LABELS,
        labels=LABELS,
        errors=_told(line, asked, typed, found.errors),
        block=found.block,
        notes=found.notes,
        asked_fields=correcting,
        review=(standing.review if standing and correcting else None) or {},
        start=await start_from(line, asked) if typed.blank else None,
        version=line.draft.version if seen is None else seen,
        opened=opened or secrets.token_hex(6),
        before=before,
        following=following,
        more=more,
        **_lists(line, asked),
    )


def _told(line: ReturnLine, asked: Question, typed: TypedAnswer, errors: dict[str, str]) -> dict[str, str]:
    """Each error with the field that it is about, as the summary on top has to say it."""
    colon = COLON[line.page.language]
    names = {field: line.named(field, asked, typed) for field in errors}
    return {field: f"{names[field]}{colon}{text}" if names[field] else text for field, text in errors.items()}


async def _conflict(line: ReturnLine, asked: Question, typed: TypedAnswer) -> Response:
    """Both versions side by side; what was typed is in the page, and can be kept."""
    page, template = line.page, line.template
    line.draft = await line.drafts.get(line.participant, line.cycle.id, line.agency)
    held = line.draft.answers[asked.id]
    sent = await page.form()
    skipped = {"csrf_token", "version", "page", "do"}
    kept = [(name, value) for name, value in sent.multi_items() if isinstance(value, str) and name not in skipped]
    return page.show(
        "returns/conflict.html",
        409,
        line=line,
        question=asked,
        mine=told(typed, asked, template),
        theirs=told(held.typed, asked, template),
        by=held.by,
        at=line.draft.saved_at,
        kept=kept,
        version=line.draft.version,
    )


def _lists(line: ReturnLine, asked: Question) -> dict[str, Any]:
    """The names to choose from: countries, and where a dimension allows them "unknown" and its like."""
    if asked.kind not in ("breakdown", "routes", "fees"):
        return {}
    special = {
        name for one in line.template.dimensions if one.id in (*asked.dimensions, *asked.uses) for name in one.special
    }
    names = sorted(line.country(one.alpha2) for one in geography.countries())
    codes = (
        [(one.code, one.name) for one in currency.currencies().values() if one.current] if asked.kind == "fees" else []
    )
    return {"countries": [*names, *(line.country(one) for one in sorted(special))], "currencies": sorted(codes)}


def _figure(text: str) -> int | None:
    flat = "".join(one for one in text if one.isdecimal())
    return int(flat) if flat and len(flat) < 16 else None


def _counted(typed: TypedAnswer) -> int:
    return sum(_figure(row.get("value", "")) or 0 for row in typed.rows)
