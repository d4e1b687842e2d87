"""A feed as it stands on ``vrs.reports.judged``: what validation itself makes of each return, kept on disk.

Judging three million figures takes minutes, so it is done once for a feed, and again when the code that decides what
is published has changed (the name of the file holds a hash of it).
"""

import functools
import hashlib
import os
import struct
from collections.abc import Iterator
from datetime import timedelta
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.feed import Sent, Work
from bench.oracle import Expected, expected
from bench.recorded import BEGIN, recorded
from contracts.events import Payload, ReportAccepted, ReportWithdrawn
from contracts.identity import event_id, series_id
from contracts.wire import Event, encode
from runtime.process import space_out_the_collector
from services.validation.outgoing import judged_event
from services.validation.rules import judge

ROOT = Path(__file__).resolve().parents[1]
CACHE = Path(os.environ.get("VRS_BENCH_CACHE", ROOT / "var" / "bench"))
_LENGTH = struct.Struct(">I")
_JUDGED_BY = (
    "bench/feed.py",
    "bench/reports.py",
    "bench/real.py",
    "bench/recorded.py",
    "contracts",
    "services/validation",
)
_COUNTED_BY = ("bench/feed.py", "bench/reports.py", "bench/real.py", "bench/oracle.py")


class Record(NamedTuple):
    """A message of the topic, and how many figures it holds."""

    key: bytes
    headers: list[tuple[str, bytes]]
    value: bytes
    figures: int


def records(work: Work) -> Iterator[Record]:
    """Every message of the feed, in order; made where the disk does not hold them yet."""
    file = _file(work, "judged", _JUDGED_BY)
    if not file.exists():
        partial = file.with_suffix(f".{os.getpid()}")
        with partial.open("wb") as out, Pool(os.cpu_count(), space_out_the_collector) as pool:
            for packed in pool.imap(functools.partial(_packed, work), range(len(work.order)), chunksize=10):
                out.write(_LENGTH.pack(len(packed)) + packed)
        partial.replace(file)
    decoder = msgspec.msgpack.Decoder(Record)
    with file.open("rb") as opened:
        while size := opened.read(_LENGTH.size):
            yield decoder.decode(opened.read(*_LENGTH.unpack(size)))


def truth(work: Work) -> Expected:
    """What the oracle says of the feed; kept on disk as well."""
    file = _file(work, "expected", _COUNTED_BY)
    if not file.exists():
        # Withdrawn series end without a return in force.
        final = {(sent.cycle, sent.participant): sent for sent in sorted(work.order)}
        standing = sorted(one for one in final.items() if not one[1].withdrawn)
        found = expected((sent.participant, sent.cycle, work.report(sent)) for _, sent in standing)
        partial = file.with_suffix(f".{os.getpid()}")
        partial.write_bytes(msgspec.msgpack.encode(found))
        partial.replace(file)
    return msgspec.msgpack.decode(file.read_bytes(), type=Expected)


def _packed(work: Work, number: int) -> bytes:
    sent = work.order[number]
    # Of the revision, not of the message: what is sent twice is the same message.
    submission = f"{work.name}|{sent.participant}|{sent.cycle}|{sent.revision}"
    payload = _withdrawn(sent, submission) if sent.withdrawn else _accepted(work, sent, submission)
    at = BEGIN + timedelta(seconds=sent.revision)
    value, headers = encode(Event(event_id(submission, "judged.0"), "vrs/validation", at, payload, submission))
    figures = len(payload.figures) if isinstance(payload, ReportAccepted) else 0
    return msgspec.msgpack.encode(Record(sent.participant.encode(), headers, value, figures))


def _accepted(work: Work, sent: Sent, submission: str) -> Payload:
    one = recorded(work.report(sent), sent.revision, submission)
    judgement = judge(one)
    if judgement.outcome != "accepted":
        raise ValueError(f"{sent} is {judgement.outcome}: {[found.code for found in judgement.findings]}")
    return judged_event(one, judgement)


def _withdrawn(sent: Sent, submission: str) -> Payload:
    return ReportWithdrawn(
        submission_id=submission,
        series=series_id(sent.participant, sent.cycle),
        participant=sent.participant,
        cycle=sent.cycle,
        revision=sent.revision,
        reason="Withdrawn by a measurement.",
    )


def _file(work: Work, what: str, made_by: tuple[str, ...]) -> Path:
    CACHE.mkdir(parents=True, exist_ok=True)
    return CACHE / f"{what}-{work.name}-{_hash_of(made_by)}.msgpack"


@functools.cache
def _hash_of(made_by: tuple[str, ...]) -> str:
    hashed = hashlib.sha256()
    for place in made_by:
        path = ROOT / place
        for file in sorted(path.rglob("*.*")) if path.is_dir() else [path]:
            if file.suffix in (".py", ".json"):
                hashed.update(file.read_bytes())
    return hashed.hexdigest()[:12]
