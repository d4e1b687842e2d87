"""No personal data, in no text of a report. Source: VRS-MSRC takes non-nominal data only.

Every text is looked at, codes and names of countries too: what was pasted into the wrong column is where it hides.
"""

from collections.abc import Iterator
from typing import Any

from contracts.findings import pointer
from contracts.report import Answer, Report
from screening import screen, screen_tree
from services.validation.case import Case
from services.validation.rules.found import Found, found

Text = tuple[str, tuple[str | int, ...]]
"""A text, and where it stands."""


def text_holds_personal_data(case: Case) -> Iterator[Found]:
    """One finding a text and kind of data; the finding never repeats the text."""
    if _clean(case):
        return
    for text, place in _texts(case.report):
        hits = screen(text)
        if hits:
            question = str(place[1]) if place[0] == "answers" and str(place[1]) in case.replies else None
            for kind in dict.fromkeys(hit.kind for hit in hits):
                yield found("personal_data.found", pointer(*place), question, kind=kind.replace("_", " "))


def _clean(case: Case) -> bool:
    """Whether there is nothing to be found anywhere, as nearly always: then no text needs a place."""
    named = [one.unscreened for one in case.named if one.unscreened is not None]
    said_beside = [line.row.model_dump(exclude_none=True) for reply in case.replies.values() for line in reply.odd]
    return not screen_tree([case.without_rows(), named, said_beside])


def _texts(report: Report) -> Iterator[Text]:
    yield report.template, ("template",)
    for name, level in report.sharing.items():
        yield name, ("sharing", name)
        yield level, ("sharing", name)
    for name, answer in report.answers.items():
        yield name, ("answers", name)
        yield from _of_an_answer(answer, ("answers", name))


def _of_an_answer(answer: Answer, at: tuple[str, ...]) -> Iterator[Text]:
    for field in ("text", "comment", "caveat", "status"):
        if (text := getattr(answer, field)) is not None:
            yield text, (*at, field)
    for i, row in enumerate(answer.rows or ()):
        for field, text in row.members.items():
            where: tuple[str | int, ...] = (*at, "rows", i, field)
            yield field, where
            yield text, where
        for field, said in (("comment", row.comment), ("caveat", row.caveat), ("status", row.status)):
            if said is not None:
                yield said, (*at, "rows", i, field)
    for i, choice in enumerate(answer.choices or ()):
        yield choice, (*at, "choices", i)
    for field in ("routes", "fees"):
        for i, one in enumerate(getattr(answer, field) or ()):
            yield from _of_a_tree(one.model_dump(by_alias=True, exclude_none=True), (*at, field, i))


def _of_a_tree(value: Any, at: tuple[str | int, ...]) -> Iterator[Text]:
    """Routes and fees: few, and nested to a depth that their shape limits."""
    if isinstance(value, str):
        yield value, at
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _of_a_tree(one, (*at, name))
    elif isinstance(value, list):
        for i, one in enumerate(value):
            yield from _of_a_tree(one, (*at, i))
