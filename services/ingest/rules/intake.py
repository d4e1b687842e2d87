"""What ingest looks at before it numbers anything: can the report be read, is it the sender's, is nobody named in it.

Everything else is validation's to say. Source: the documents ("non-nominal" reports) and the roles of the HTTP
interface: no role may write for another participant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, takewhile
from typing import Any

from pydantic import ValidationError

from contracts import identity
from contracts.codes import participant_of
from contracts.events import Sender
from contracts.finding_kinds import FINDINGS
from contracts.findings import Finding, pointer
from contracts.report import Report
from contracts.wire import MAX_REPORT_BYTES
from screening import screen, screen_tree
from services.ingest.documents import Step, Submission

MOST_FINDINGS = 200
"""Of one kind in one answer: whoever gets every row wrong learns no more from the rest."""
LONGEST_TOKEN, LONGEST_POINTER = 200, 1_000
"""Of the pointer of a finding. No name of a report comes near; a longer one would be repeated in every finding."""


@dataclass(frozen=True)
class Incoming:
    """A report as it arrived, by whichever way. ``key``: the Idempotency-Key, or what stands for it."""

    sender: Sender
    key: str | None
    report: dict[str, Any]
    received_at: datetime
    body_hash: str
    submission_id: str
    answer_topic: str | None = None
    event_id: str | None = None


@dataclass(frozen=True)
class Read:
    """The report, or None and what speaks against taking it. ``keep``: whether the body may be kept."""

    report: Report | None
    findings: list[Finding]
    keep: bool = True


def read(incoming: Incoming) -> Read:
    """Judge what arrived. Personal data before shape: where any is found, nothing else of the body is even quoted.

    Size before all: screening takes a second a megabyte, and the topics of agencies take four.
    """
    if too_large(incoming.report):
        return Read(None, [TOO_LARGE], keep=False)
    if found := personal_data(incoming.report):
        return Read(None, found, keep=False)
    if has_long_names(incoming.report):
        return Read(None, [LONG_NAME])
    try:
        report = Report.model_validate(incoming.report)
    except ValidationError as error:
        return Read(None, shape_faults(error, incoming.report))
    sender = incoming.sender
    if sender.role == "agency" and report.agency is None:
        # An agency's report that names no agency is that agency's part: the sender is never in doubt.
        report = report.model_copy(update={"agency": sender.agency})
    found = not_the_senders(sender, report)
    return Read(None if found else report, found)


def has_long_names(body: object) -> bool:
    """Whether a key is longer than any of a report. Asked first: every fault below it would be told with all of it."""
    waiting = [body]
    for one in waiting:  # which grows meanwhile
        if isinstance(one, dict):
            if max(map(len, one), default=0) > LONGEST_TOKEN:
                return True
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return False


def too_large(body: dict[str, Any]) -> bool:
    """Whether a report, perhaps put together from several, is larger than one that could be sent."""
    return len(identity.canonical_json(body).encode()) > MAX_REPORT_BYTES


TOO_LARGE = FINDINGS["shape.invalid"].at(detail=f"the report is larger than {MAX_REPORT_BYTES} bytes")
LONG_NAME = FINDINGS["shape.invalid"].at(detail=f"a name in it is longer than {LONGEST_TOKEN} characters")
UNFIT = Read(None, [TOO_LARGE], keep=False)
"""For what the database does not take together with all that was found in it."""


def personal_data(value: object) -> list[Finding]:
    """A finding for each place and kind of personal data. Never the text, nor a key of the body that is it."""
    found = {(_without_personal_keys(at), hit.kind) for at, hit in screen_tree(value)}
    kind_of = FINDINGS["personal_data.found"]
    return [kind_of.at(at, kind=kind.replace("_", " ")) for at, kind in sorted(found)][:MOST_FINDINGS]


def _without_personal_keys(at: str) -> str:
    kept: list[str] = []
    for token in short(at).split("/")[1:]:
        if screen(token.replace("~1", "/").replace("~0", "~")):
            break
        kept.append("/" + token)
    return "".join(kept)


def short(at: str) -> str:
    """The pointer, or that of the nearest place around it that a finding may name."""
    tokens = at.split("/")[1:]
    kept = list(accumulate("/" + token for token in takewhile(lambda token: len(token) <= LONGEST_TOKEN, tokens)))
    return next((one for one in reversed(kept) if len(one) <= LONGEST_POINTER), "")


def shape_faults(error: ValidationError, value: object) -> list[Finding]:
    """One finding for each place of ``value`` that has not the shape of a report; where, never what stood there."""
    found: dict[str, Finding] = {}
    for one in error.errors(include_url=False, include_input=False):
        at = _place(one["loc"], value, missing=one["type"] == "missing")
        found.setdefault(at, FINDINGS["shape.invalid"].at(at, detail=one["type"].replace("_", " ")))
    return list(found.values())[:MOST_FINDINGS]


def _place(location: Sequence[int | str], value: object, missing: bool) -> str:
    """Pydantic's location without the names of its own branches, which are no places of the body."""
    tokens: list[int | str] = []
    for index, token in enumerate(location):
        inside = isinstance(value, dict) and token in value
        if inside or (isinstance(value, list) and isinstance(token, int) and token < len(value)):
            value = value[token]  # type: ignore[index]
            tokens.append(token)
        elif missing and index == len(location) - 1:
            tokens.append(token)
    return short(pointer(*tokens))


def not_the_senders(sender: Sender, report: Report) -> list[Finding]:
    """Nobody reports for another participant, and an agency only for itself."""
    found = []
    if sender.role == "centre" or sender.participant != report.reporter:
        found.append(FINDINGS["sender.not_reporter"].at("/reporter", reporter=report.reporter))
    mine = (
        report.agency == sender.agency
        if sender.role == "agency"
        else report.agency is None or participant_of(report.agency) == report.reporter
    )
    if not mine:
        found.append(FINDINGS["sender.not_agency"].at("/agency", agency=report.agency))
    return found


def submission(incoming: Incoming, outcome: Read, at: datetime) -> Submission:
    """The document of what arrived: received, and rejected at once where something speaks against it.

    It belongs to its sender's participant, whatever the body claims.
    """
    direct = incoming.answer_topic is not None
    timeline = [Step(state="received", at=incoming.received_at, service="ingest" if direct else "gateway")]
    if outcome.report is None:
        timeline.append(Step(state="rejected", at=at, service="ingest"))
    report, sender = outcome.report, incoming.sender
    return Submission(
        id=incoming.submission_id,
        kind="report",
        series=report and identity.series_id(report.reporter, report.cycle, report.agency),
        participant=sender.participant,
        cycle=report.cycle if report else _cycle(incoming.report) if outcome.keep else None,
        agency=report.agency if report else sender.agency,
        sender=sender.name,
        claim=None if incoming.key is None else identity.claim(sender.name, incoming.key),
        body=identity.canonical_json(incoming.report) if outcome.keep else None,
        body_hash=incoming.body_hash,
        state=timeline[-1].state,
        findings=outcome.findings,
        timeline=timeline,
        received_at=incoming.received_at,
        answer_topic=incoming.answer_topic,
        event_id=incoming.event_id,
    )


def _cycle(body: dict[str, Any]) -> str | None:
    """What a report that cannot be taken says of its cycle, where that much can be read."""
    found = body.get("cycle")
    return found if isinstance(found, str) and len(found) <= 10 else None


def conflicting(first_seen: Submission, at: datetime) -> Submission:
    """The same document for a second body under a used key: rejected, and without a claim of its own."""
    return rejected(first_seen.model_copy(update={"claim": None}), [FINDINGS["idempotency.conflict"].at()], at)


def rejected(one: Submission, findings: list[Finding], at: datetime) -> Submission:
    """The document of a submission or command with which nothing can be done; unchanged once it has ended."""
    if one.state != "received":
        return one
    step = Step(state="rejected", at=at, service="ingest")
    return one.model_copy(update={"state": "rejected", "findings": findings, "timeline": [*one.timeline, step]})


def instant(at: datetime) -> datetime:
    """A moment in UTC to the millisecond, which is what the database keeps: what is read equals what was written."""
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
