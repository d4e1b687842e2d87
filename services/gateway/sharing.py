"""What another State gets to see of a return: what its owner shares, and nothing that would tell the rest. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

from contracts.figures import Table

Json = dict[str, Any]


def shared_report(report: Json) -> Json:
    """The report without the questions that its owner keeps to the centre.

    Only what describes the report as a whole stays beside the answers; of the facts about countries those that the
    answers that are left name.
    """
    kept = {question for question, level in (report.get("sharing") or {}).items() if level != "all"}
    answers = {question: answer for question, answer in (report.get("answers") or {}).items() if question not in kept}
    shown = {name: value for name, value in report.items() if isinstance(value, str | int | bool | None)}
    named = set(_texts(answers))
    facts = {code: fact for code, fact in (report.get("countries") or {}).items() if code in named}
    return {**shown, "answers": answers, **({"countries": facts} if "countries" in report else {})}


def shared_figures(figures: Iterable[list[Any]], centre_only: Iterable[list[str] | str]) -> list[list[Any]]:
    """The figures of the tables that are not the centre's alone."""
    kept = {Table(*one.split("|")) if isinstance(one, str) else Table(*one) for one in centre_only}
    return [list(one) for one in figures if Table(one[0], one[1]) not in kept]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
