"""What the gateway checks of a report before it takes it: shape, and that no person is in it. Pure."""

from collections.abc import Iterable

from pydantic import ValidationError

from contracts.finding_kinds import FINDINGS
from contracts.findings import Finding
from contracts.report import Report
from screening import screen, screen_tree
from services.gateway.recognising import Head, Incoming
from services.gateway.shape import MOST, shape_faults, too_long


def personal_data(value: object) -> list[Finding]:
    """A finding for each place and kind of personal data in ``value``. Never repeats the text, nor a key that is it."""
    found: set[tuple[str, str]] = set()
    for at, hit in screen_tree(value):
        found.add((_without_personal_keys(at), hit.kind))
        if len(found) == MOST:
            break
    kind_of = FINDINGS["personal_data.found"]
    return [kind_of.at(at, kind=kind.replace("_", " ")) for at, kind in sorted(found)]


def read_report(incoming: Incoming) -> tuple[Head | None, list[Finding]]:
    """Whose report it is, or None, and everything that speaks against taking it."""
    found, head = personal_data(incoming.value), incoming.head
    if head is None:
        try:
            report = Report.model_validate(incoming.value)
        except ValidationError as error:
            return None, [*found, *_masked(shape_faults(error, incoming.value))]
        head = Head(report.reporter, report.cycle, report.agency)
    return (None if found else head), found


def _masked(findings: Iterable[Finding]) -> list[Finding]:
    return [one.model_copy(update={"pointer": _without_personal_keys(one.pointer)}) for one in findings]


def _without_personal_keys(at: str) -> str:
    """The pointer up to the first token that is personal data itself, or too long to be told."""
    good: list[str] = []
    for escaped in at.split("/")[1:]:
        token = escaped.replace("~1", "/").replace("~0", "~")
        # The length first: a long name is not to be screened anew for every place under it.
        if too_long(token) or screen(token):
            break
        good.append(escaped)
    return "".join(f"/{token}" for token in good)
