"""Which findings are explained: by a comment or caveat in the report, or by an explanation sent afterwards."""

from collections.abc import Iterable, Iterator

from contracts.events import Explanation
from contracts.findings import Finding
from contracts.report import Report
from services.validation.rules.found import Found

ASK = "say in a comment here why it is so, or correct the figures"


def explained_places(report: Report, explanations: Iterable[Explanation]) -> frozenset[str]:
    """The pointers of everything that has a comment or a caveat, here or sent afterwards. Blank ones say nothing."""
    sent = (one.pointer.removesuffix("/value") for one in explanations if one.comment.strip())
    return frozenset((*sent, *_commented(report)))


def weigh(found: Found, explained: frozenset[str]) -> tuple[Finding, bool]:
    """The finding to give, and whether it still waits for an explanation.

    A comment explains what it stands at and everything below: at an answer, every row of it. An explain finding
    without a suggestion is an explained one; it stays on the report, for the centre and other readers to see.
    """
    if found.finding.severity != "explain":
        return found.finding, False
    places = (place for one in (found.finding.pointer, *found.also) for place in _upwards(one))
    if any(place in explained for place in places):
        return found.finding.model_copy(update={"suggestion": None}), False
    return found.finding.model_copy(update={"suggestion": ASK}), True


def _commented(report: Report) -> Iterator[str]:
    for name, answer in report.answers.items():
        at = f"/answers/{name}"
        if _says(answer.comment, answer.caveat):
            yield at
        for field in ("rows", "routes", "fees"):
            for i, one in enumerate(getattr(answer, field) or ()):
                if _says(one.comment, one.caveat):
                    yield f"{at}/{field}/{i}"


def _says(comment: str | None, caveat: str | None) -> bool:
    return bool((comment and comment.strip()) or (caveat and caveat.strip()))


def _upwards(pointer: str) -> Iterator[str]:
    """A pointer and every prefix of it, the whole report ("") last."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]
    yield ""
