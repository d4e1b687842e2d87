"""Messages of ``vrs.reports.judged`` as the fold needs them.

Typed decoding by msgspec instead of the contracts' pydantic models, because this step reads every figure of every
revision. It looks at the fields that the fold uses, no less strictly than the models do; where it refuses,
``contracts.wire.decode`` is asked for the reason.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated

import msgspec

from contracts.events import JUDGEMENTS, LARGEST_REVISION, ReportAccepted, ReportWithdrawn
from contracts.identity import series_id
from contracts.period import Period
from contracts.topics import JUDGED
from contracts.wire import Headers, Unreadable, decode
from services.aggregation.rules import Contribution
from services.aggregation.tables import FiguresError, cells_in, tables_of

LONGEST_MEMBER = 2_000  # a route of fifty countries takes 149; a place is at most 200 (contracts.report.Code)

Name = Annotated[str, msgspec.Meta(max_length=100)]
Member = Annotated[str, msgspec.Meta(max_length=LONGEST_MEMBER)]
Value = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]  # what the database stores as a whole number

_PARTICIPANT = re.compile(r"[A-Z][A-Z0-9]{1,9}", re.ASCII)


class _Head(msgspec.Struct):
    submission_id: str
    series: str
    participant: str
    cycle: str
    revision: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_REVISION)]
    agency: str | None = None
    judgement: Annotated[int, msgspec.Meta(ge=0, lt=JUDGEMENTS)] = 0


class _Accepted(_Head):
    figures: list[tuple[Name, Name, Member, Value]] = []
    answered: list[tuple[Name, Name]] = []
    centre_only: list[tuple[Name, Name]] = []


_accepted = msgspec.json.Decoder(_Accepted)
_withdrawn = msgspec.json.Decoder(_Head)


@dataclass(frozen=True, slots=True)
class Folded:
    """A message that is to be folded."""

    submission_id: str
    at: datetime | None
    contribution: Contribution


@dataclass(frozen=True, slots=True)
class Skipped:
    """A message that says nothing about a national return in force."""

    what: str = "skipped"


def read(value: bytes | None, headers: Headers, partition: int, offset: int) -> Folded | Skipped | Unreadable:
    """The contribution that a message brings, or that it brings none, or why it cannot be read. Never raises."""
    attributes = _attributes(headers)
    kind = attributes.get("type")
    if kind not in (ReportAccepted.type, ReportWithdrawn.type):
        event = decode(value, headers, JUDGED.payloads)
        return event if isinstance(event, Unreadable) else Skipped()
    if attributes.get("specversion") != "1.0" or not attributes.get("id") or not attributes.get("source"):
        return _refused(value, headers, "not_a_cloudevent", "a header is missing or wrong")
    try:
        head = (_accepted if kind == ReportAccepted.type else _withdrawn).decode(value or b"")
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return _refused(value, headers, "shape", type(error).__name__)
    if not _consistent(head):
        return _refused(value, headers, "series", "series, participant, cycle and agency do not belong together")
    if head.agency is not None:
        return Skipped("part")  # an agency's part counts once it is joined into a national return
    return _folded(head, _time(attributes.get("time")), partition, offset, attributes["id"])


def _folded(head: _Head, at: datetime | None, partition: int, offset: int, event_id: str) -> Folded | Unreadable:
    accepted = head if isinstance(head, _Accepted) else None
    try:
        tables = tables_of(accepted.figures) if accepted else {}
    except FiguresError as error:
        return Unreadable(error.reason, str(error), event_id)
    contribution = Contribution(
        participant=head.participant,
        cycle=head.cycle,
        revision=head.revision,
        judgement=head.judgement,
        tables=tables,
        dimensions=tuple(sorted(tables)),
        cells=cells_in(tables),
        answered=_named(accepted.answered) if accepted else (),
        centre_only=_named(accepted.centre_only) if accepted else (),
        withdrawn=accepted is None,
        partition=partition,
        offset=offset,
    )
    return Folded(head.submission_id, at, contribution)


def _named(tables: list[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted({f"{indicator}|{dimension}" for indicator, dimension in tables}))


def _attributes(headers: Headers) -> dict[str, str]:
    """The CloudEvent's attributes; empty where they cannot be read, for ``contracts.wire`` to say why."""
    try:
        return {name[3:].lower(): raw.decode() for name, raw in headers if name[:3].lower() == "ce_"}
    except (UnicodeDecodeError, AttributeError, TypeError):
        return {}


def _refused(value: bytes | None, headers: Headers, reason: str, detail: str) -> Unreadable:
    found = decode(value, headers, JUDGED.payloads)
    return found if isinstance(found, Unreadable) else Unreadable(reason, detail, found.id)


def _consistent(head: _Head) -> bool:
    # The participant's code becomes a field name, the cycle a part of ids: what else stood there would do harm.
    return (
        _PARTICIPANT.fullmatch(head.participant) is not None
        and _is_period(head.cycle)
        and head.series == series_id(head.participant, head.cycle, head.agency)
    )


@lru_cache(maxsize=1_000)
def _is_period(text: str) -> bool:
    try:
        Period.parse(text)
    except ValueError:
        return False
    return True


def _time(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
