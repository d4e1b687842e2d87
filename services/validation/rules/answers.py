"""Is each answer one to its question? Source: the template, and "a blank is never a zero"."""

from collections.abc import Iterator
from difflib import get_close_matches

from contracts import template as templates
from contracts.findings import pointer
from contracts.report import SHARING, STATUSES, Answer, Row
from services.validation.case import Case
from services.validation.rules.found import Found, found, shown

_FIELD = {
    "total": "value",
    "breakdown": "rows",
    "routes": "routes",
    "fees": "fees",
    "narrative": "text",
    "choices": "choices",
}
"""The field of an answer that holds the content of a question of that kind."""


def template_is_unknown(case: Case) -> Iterator[Found]:
    if case.template is None:
        known = ", ".join(templates.ids())
        yield found("template.unknown", "/template", suggestion=known, found=shown(case.report.template))


def question_is_unknown(case: Case) -> Iterator[Found]:
    if case.template is None:
        return
    known = [question.id for question in case.template.questions]
    for name in case.report.answers:
        if name not in case.replies:
            yield found("question.unknown", pointer("answers", name), suggestion=_like(name, known), found=shown(name))


def answer_is_of_another_kind(case: Case) -> Iterator[Found]:
    for reply in case.replies.values():
        expected = _FIELD[reply.question.kind]
        for field in _given(reply.answer):
            if field != expected:
                at = f"{reply.pointer}/{field}"
                yield found("answer.wrong_kind", at, reply.question.id, expected=f"`{expected}`", found=f"`{field}`")


def answer_is_empty(case: Case) -> Iterator[Found]:
    """Also a list without rows: whether that means none or not known is for the State to say."""
    for reply in case.replies.values():
        answer, expected = reply.answer, _FIELD[reply.question.kind]
        given = _given(answer)
        blank = given == [expected] and not _content(answer, expected)
        if (not given or blank) and answer.status is None and not answer.nothing_to_report:
            code = "value.missing" if expected == "value" else "answer.empty"
            yield found(code, reply.pointer, reply.question.id, expected=f"`{expected}`")


def answer_contradicts_itself(case: Case) -> Iterator[Found]:
    """Where rows carry figures, a status of the answer as a whole contradicts them as "nothing to report" does."""
    for reply in case.replies.values():
        answer, question = reply.answer, reply.question.id
        given = [field for field in _given(answer) if _content(answer, field)]
        if answer.nothing_to_report and (given or answer.status is not None):
            other = f"`{given[0]}`" if given else "`status`"
            yield found("answer.contradictory", reply.pointer, question, found=other)
        elif answer.status is not None and given:
            yield found("value.and_status", reply.pointer, question)
        for line in reply.odd:
            if line.row.value is not None and line.row.status is not None:
                yield found("value.and_status", line.pointer, question)


def row_has_no_value(case: Case) -> Iterator[Found]:
    for reply in case.replies.values():
        for line in reply.odd:
            if line.row.value is None and line.row.status is None:
                yield found("value.missing", line.pointer, reply.question.id)


def status_is_unknown(case: Case) -> Iterator[Found]:
    for reply in case.replies.values():
        where: list[tuple[str, Answer | Row]] = [(reply.pointer, reply.answer)]
        where += [(line.pointer, line.row) for line in reply.odd]
        for at, one in where:
            if one.status is not None and one.status not in STATUSES:
                yield found(
                    "status.unknown",
                    f"{at}/status",
                    reply.question.id,
                    suggestion=f"one of {', '.join(STATUSES)}",
                    found=shown(one.status),
                )


def sharing_is_unknown(case: Case) -> Iterator[Found]:
    known = [question.id for question in case.template.questions] if case.template else []
    for name, level in case.report.sharing.items():
        at = pointer("sharing", name)
        if case.template is not None and name not in known:
            yield found("sharing.unknown_question", at, suggestion=_like(name, known), found=shown(name))
        if level not in SHARING:
            yield found("sharing.unknown_value", at, suggestion=f"one of {', '.join(SHARING)}", found=shown(level))


def _given(answer: Answer) -> list[str]:
    return [field for field in _FIELD.values() if getattr(answer, field) is not None]


def _content(answer: Answer, field: str) -> bool:
    content = getattr(answer, field)
    return bool(content.strip()) if isinstance(content, str) else content == 0 or bool(content)


def _like(name: str, known: list[str]) -> str | None:
    return next(iter(get_close_matches(name, known, n=1)), None)
