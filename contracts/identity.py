"""Names that follow from what they name: the same input gives the same id on every machine and every repeat."""

import hashlib
import json
import math
import uuid
from typing import Any

import orjson

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:vrs-msrc")


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no white space: two bodies that differ only in layout give the same text.

    Raises ValueError for a number that is infinite or none.
    """
    return _canonical(value).decode()


def body_hash(report: Any) -> str:
    """SHA-256, hexadecimal, of the canonical JSON of a report as it was sent."""
    return hashlib.sha256(_canonical(report)).hexdigest()


def _canonical(value: Any) -> bytes:
    """What ``json.dumps`` makes of it, byte for byte and for good: ids follow from it.

    orjson makes the same in a tenth of the time, save where it gives up (integers beyond 64 bits, great depth) and
    save for two kinds of floats: those below 0.0001, and those that are no numbers, which it writes as null.
    """
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return _slowly(value)
    same = b"e-" not in text and b"0.0000" not in text and (b"null" not in text or finite(value))
    return text if same else _slowly(value)


def _slowly(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def finite(value: Any) -> bool:
    """Whether every float of a JSON value is a finite number: JSON has no words for the others."""
    waiting: list[Any] = [value]
    for one in waiting:  # which grows meanwhile
        kind = type(one)  # not isinstance: every value of every message passes here
        if kind is dict:
            waiting += one.values()
        elif kind is list:
            waiting += one
        elif kind is float and not math.isfinite(one):
            return False
    return True


def submission_id(sender: str, key: str | None, hash_of_body: str) -> str:
    """The id of one submission: of its sender, its Idempotency-Key if any, and its body.

    The body is part of the id even where a key is given, so that a second body under a used key is a
    submission of its own that ends as rejected, and never hides behind the answer to the first
    (docs/decisions/0003-ids-follow-from-content.md).
    """
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(("submission", sender, key or "", hash_of_body))))


def command_id(sender: str, command: str, key: str | None, hash_of_body: str) -> str:
    """The id of a command (withdrawal, review, explanation, release), made like a submission's."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join((command, sender, key or "", hash_of_body))))


def claim(sender: str, key: str) -> str:
    """The one place that a sender's Idempotency-Key takes: the field ``claim`` of ``submissions``."""
    return "\x1f".join((sender, key))


def event_id(subject: str, step: str) -> str:
    """The CloudEvent id of what happened to ``subject`` (a submission, a notice) at ``step``."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(("event", subject, step))))


def series_id(participant: str, cycle: str, agency: str | None = None) -> str:
    """The line of revisions that belong together: ``TH|2013-H1``, or ``TH|2013-H1|TH-IMM`` for an agency's part."""
    return "|".join((participant, cycle) if agency is None else (participant, cycle, agency))


def revision_id(series: str, revision: int) -> str:
    """The document id of one revision: ``TH|2013-H1#3``."""
    return f"{series}#{revision}"


def aggregate_id(period: str, dimension: str, participant: str) -> str:
    """The id of one aggregate: ``2013-H1|citizenship|TH``."""
    return f"{period}|{dimension}|{participant}"
