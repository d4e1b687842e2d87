"""Which findings are explained: by a comment or caveat in the report, or by an explanation sent afterwards."""

from collections.abc import Iterable, Iterator

from contracts.findings import Finding
from contracts.report import Fee, Route, Row
from services.validation.case import Case
from services.validation.rules.found import Found

ASK = "say in a comment here why it is so, or correct the figures"


def explained_places(case: Case) -> frozenset[str]:
    """The pointers of everything that has a comment or a caveat, here or sent afterwards. Blank ones say nothing."""
    sent = (one.pointer.removesuffix("/value") for one in case.recorded.explanations if one.comment.strip())
    return frozenset((*sent, *_commented(case)))


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


def _commented(case: Case) -> Iterator[str]:
    for name, answer in case.report.answers.items():
        at, reply = f"/answers/{name}", case.replies.get(name)
        if _says(answer.comment, answer.caveat):
            yield at
        if reply is not None and reply.named:
            yield from (line.pointer for line in reply.odd if _says(line.row.comment, line.row.caveat))
        else:
            yield from _among(f"{at}/rows", answer.rows or ())
        yield from _among(f"{at}/routes", answer.routes or ())
        yield from _among(f"{at}/fees", answer.fees or ())


def _among(at: str, rows: Iterable[Row | Route | Fee]) -> Iterator[str]:
    return (f"{at}/{i}" for i, one in enumerate(rows) if _says(one.comment, one.caveat))


def _says(comment: str | None, caveat: str | None) -> bool:
    return bool((comment and comment.strip()) or (caveat and caveat.strip()))


def _upwards(pointer: str) -> Iterator[str]:
    """A pointer and every prefix of it, the whole report ("") last."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]
    yield ""
