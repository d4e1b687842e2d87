"""Messages that nobody should send: for every topic, made from a random alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from contracts.topics import TOPICS, Topic, agency_in, agency_out
from contracts.wire import MAX_EVENT_BYTES
from tests.fuzz.mutation import TEXTS, as_bytes, mutated, scrambled

AGENCY = "TH-IMM"
EVERY_TOPIC: tuple[Topic, ...] = (*TOPICS, agency_in(AGENCY), agency_out(AGENCY))
EXAMPLES: dict[str, Any] = {
    file.name.removesuffix(".json"): json.loads(file.read_text("utf-8"))["event"]["data"]
    for file in sorted((Path(__file__).resolve().parents[2] / "contracts" / "examples").glob("*.json"))
}
OVERSIZED = MAX_EVENT_BYTES - 4_096
KEYS = (
    b"TH",
    b"MY",
    b"AU",
    b"KH",
    b"TH-IMM",
    b"2013-H1",
    b"TH/agencies/TH-IMM",
    b"",
    b"\x00",
    b"\xff\xfe",
    b"x" * 3_000,
)


@dataclass(frozen=True)
class Thrown:
    """What is put on a topic."""

    kind: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


def thrown(topic: Topic, random: Random) -> Thrown:
    """One message for ``topic``."""
    make = random.choices(KINDS, WEIGHTS)[0]
    value, headers = make(topic, random)
    # A compacted topic takes none without a key, and the client none without key and value.
    key = random.choice(KEYS) if topic.compacted or value is None or random.random() < 0.9 else None
    return Thrown(make.__name__, key, value, headers)


Made = tuple[bytes | None, list[tuple[str, bytes]]]


def random_bytes(_topic: Topic, random: Random) -> Made:
    return random.randbytes(random.randrange(300)), []


def nothing(topic: Topic, random: Random) -> Made:
    return None, attributes(topic, random) if random.random() < 0.5 else []


def mutated_example(topic: Topic, random: Random) -> Made:
    """An event of the topic with something wrong in its data, seldom nothing."""
    name = own(topic, random)
    return as_bytes(mutated(EXAMPLES[name], random, random.choice((1, 1, 2, 4)))), headers_of(name, random)


def broken_example(topic: Topic, random: Random) -> Made:
    name = own(topic, random)
    return scrambled(as_bytes(EXAMPLES[name]), random), headers_of(name, random)


def event_of_another_topic(_topic: Topic, random: Random) -> Made:
    name = random.choice(list(EXAMPLES))
    return as_bytes(EXAMPLES[name]), headers_of(name, random)


def foreign_event(_topic: Topic, random: Random) -> Made:
    name = random.choice(("org.example.order.v1", "vrs.report.accepted.v2", "", "vrs", "x" * 2_000))
    return as_bytes({"order": random.randrange(10**6)}), headers_of(name, random)


def wrong_headers(topic: Topic, random: Random) -> Made:
    """The right data under headers that are missing, doubled, too long or no text."""
    name = own(topic, random)
    given = headers_of(name, random)
    at = random.randrange(len(given))
    wrong = random.choice((b"", b"\xff\xfe", b"\x00", b"2.0", "é".encode(), b"h" * 5_000))
    change: list[tuple[str, bytes]] = random.choice(
        (
            [],
            [(given[at][0], wrong)],
            [given[at], given[at]],
            [(given[at][0].upper(), given[at][1])],
            [("ce_é\x00", wrong)],
        )
    )
    return as_bytes(EXAMPLES[name]), [*given[:at], *change, *given[at + 1 :]]


def deeply_nested(topic: Topic, random: Random) -> Made:
    depth = random.choice((100, 300, 5_000))
    opening, closing = random.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return opening * depth + b"1" + closing * depth, attributes(topic, random)


def oversized(topic: Topic, random: Random) -> Made:
    """As large as a topic takes."""
    room = random.choice((OVERSIZED, OVERSIZED // 3))
    filled = random.choice((b'{"report": "%s"}', b"%s", b'{"report": {"answers": {"a.b": {"text": "%s"}}}}'))
    return filled % (b"x" * (room - len(filled))), attributes(topic, random)


KINDS: tuple[Callable[[Topic, Random], Made], ...] = (
    random_bytes, nothing, mutated_example, broken_example, event_of_another_topic, foreign_event, wrong_headers,
    deeply_nested, oversized,
)  # fmt: skip
WEIGHTS = (20, 5, 30, 20, 5, 5, 12, 3, 0.004)


def own(topic: Topic, random: Random) -> str:
    """The name of an event that the topic carries."""
    return random.choice(topic.payloads).type


def attributes(topic: Topic, random: Random) -> list[tuple[str, bytes]]:
    return headers_of(own(topic, random), random)


def headers_of(name: str, random: Random) -> list[tuple[str, bytes]]:
    """A CloudEvent's attributes; the time and the subject are now and then of another kind."""
    # Few ids: most of what still reads as an event is a repeat of one, or another one under its id.
    number = random.randrange(1_000)
    subject = random.choice(TEXTS) if random.random() < 0.1 else f"s-{number}"
    given = {
        "specversion": "1.0",
        "id": f"fuzz-{number}",
        "source": "fuzz/elsewhere",
        "type": name,
        "time": random.choice(TEXTS) if random.random() < 0.1 else "2013-07-01T00:00:00Z",
        "subject": subject,
    }
    headers = [(f"ce_{one}", text.encode("utf-8", "surrogatepass")) for one, text in given.items()]
    return [*headers, ("content-type", b"application/json")]
