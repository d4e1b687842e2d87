"""CloudEvents 1.0 on Kafka, binary mode, JSON data: bytes to a value and back.

Reading never raises: what cannot be read is a value, ``Unreadable``, with the reason, for the consumer to set
aside. Source: CloudEvents Kafka protocol binding 1.0.2, section 3.2 (headers ``ce_*``, ``content-type``).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from contracts.events import BY_TYPE, Payload
from contracts.identity import finite
from contracts.moment import EPOCH, within_the_calendar

P_co = TypeVar("P_co", bound=Payload, covariant=True)
Headers = Sequence[tuple[str, bytes]]
MAX_EVENT_BYTES = 4 * 2**20
"""The largest message any topic takes. A report is at most half of it, so that an enriched one still fits."""
MAX_REPORT_BYTES = 1 * 2**20


@dataclass(frozen=True)
class Event(Generic[P_co]):
    """A CloudEvent: its payload and the attributes we use. ``subject`` is the submission's id where there is one."""

    id: str
    source: str
    time: datetime
    data: P_co
    subject: str | None = None


@dataclass(frozen=True)
class Unreadable:
    """Bytes that are no event of ours. ``reason`` is a short code, ``detail`` says where, never what stood there."""

    reason: str
    detail: str
    id: str | None = None


def encode(event: Event[Payload]) -> tuple[bytes, list[tuple[str, bytes]]]:
    """The value and headers of a Kafka message."""
    attributes = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.data.type,
        "time": event.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "subject": event.subject,
    }
    headers = [(f"ce_{name}", text.encode()) for name, text in attributes.items() if text is not None]
    headers.append(("content-type", b"application/json"))
    return event.data.encoded(), headers


def decode(value: bytes | None, headers: Headers | None, accepts: Iterable[type[P_co]]) -> Event[P_co] | Unreadable:
    """The event, or why it is none. ``accepts``: the payloads this reader knows what to do with."""
    attributes = _attributes(headers or ())
    if isinstance(attributes, Unreadable):
        return attributes
    event_id = attributes.get("id")
    kind = attributes.get("type", "")
    known = {payload.type: payload for payload in accepts}
    if attributes.get("specversion") != "1.0" or not event_id or not attributes.get("source"):
        return Unreadable("not_a_cloudevent", "the headers ce_specversion, ce_id or ce_source are missing or wrong")
    if kind not in known:
        if kind in BY_TYPE:
            return Unreadable("event_not_expected", f"type {kind!r}", event_id)
        # Who writes what we do not know may have written anything there, a person's name too.
        return Unreadable("event_unknown", f"a type of {len(kind)} characters that is none of ours", event_id)
    data = read_json(value or b"")
    if isinstance(data, Unreadable):
        return Unreadable(data.reason, data.detail, event_id)
    try:
        payload = known[kind].model_validate(data)
    except ValidationError as error:
        return Unreadable("shape", describe(error), event_id)
    return Event(event_id, attributes["source"], _time(attributes), payload, attributes.get("subject"))


def read_json(value: bytes) -> object | Unreadable:
    """JSON as Python values. Not-a-number, infinity, bad UTF-8 and nesting beyond the reader's limit are refused."""
    try:
        read: object = from_json(value, allow_inf_nan=False)
    except ValueError as error:
        return Unreadable("not_json", str(error)[:200])
    # The reader refuses the word Infinity, and still reads 1e999 as infinity, which no writer of JSON takes.
    return read if finite(read) else Unreadable("not_json", "a number is too large to be read")


def describe(error: ValidationError) -> str:
    """Where a shape is wrong, without the value that stood there (it may be personal data)."""
    places = ("/".join(str(part) for part in one["loc"]) + ": " + one["type"] for one in error.errors()[:5])
    return f"{error.error_count()} faults; " + "; ".join(places)[:400]


def value_hash(value: bytes | None) -> str:
    """SHA-256 of a message's value, hexadecimal: what a dead letter keeps instead of the value."""
    return hashlib.sha256(value or b"").hexdigest()


def _attributes(headers: Headers) -> dict[str, str] | Unreadable:
    try:
        return {name.lower()[3:]: raw.decode() for name, raw in headers if name.lower().startswith("ce_")}
    except (UnicodeDecodeError, AttributeError):
        return Unreadable("headers", "a ce_ header is not UTF-8 text")


def _time(attributes: dict[str, str]) -> datetime:
    try:
        found = datetime.fromisoformat(attributes.get("time", ""))
    except ValueError:
        return EPOCH
    if not within_the_calendar(found):
        return EPOCH
    return found if found.tzinfo else found.replace(tzinfo=UTC)
