"""Making good input bad: one change or several to a JSON value or to bytes. All follows from the given random."""

from __future__ import annotations

import json
from random import Random
from typing import Any

Json = Any

NUMBERS: tuple[Json, ...] = (
    0, -1, 1, 2**31, -(2**31), 2**53, 2**53 + 1, 2**63, -(2**63) - 1, 10**30, 10**400, 0.1, -0.0, 1e308, 5e-324,
)  # fmt: skip
TEXTS = (
    "", " ", "\x00", "\n", "\ud800", "�", "\u202eabc", "é" * 300, "x" * 5_000, "ﷺ" * 50, "TH", "TH-IMM", "2013-H1",
    "2013-H9", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:00:00-12:00", "9999-12-31", "2013-02-30", "NaN", "null", "true", "$where", "$gt", "a.b", "__proto__",
    "../../passwd", "%00", "{{7*7}}", "<script>", "' OR 1=1 --", "AF>PK>MY>ID", "Lao PDR", "Atlantis", "🏴‍☠️", "0x10",
    "１２", "1,000", "-5", "1e5", "0" * 40, "urn:x", "a|b", "/", "~", "~2", "/answers/illegal_entries.total/value",
)  # fmt: skip
ODDITIES: tuple[Json, ...] = (
    None,
    True,
    False,
    [],
    {},
    [[]],
    {"": {}},
    [None] * 3,
    {"$ne": 1},
    {"a": {"b": {"c": []}}},
)


def mutated(value: Json, random: Random, changes: int = 1) -> Json:
    """A copy of ``value`` with ``changes`` changes, each somewhere in it."""
    for _ in range(changes):
        value = _changed(value, random)
    return value


def _changed(value: Json, random: Random) -> Json:
    """Walks down a random way; at every step it may change what it has reached."""
    if isinstance(value, dict) and value and random.random() < 0.85:
        name = random.choice(list(value))
        match random.randrange(8):
            case 0:
                return {one: inner for one, inner in value.items() if one != name}
            case 1:
                return {**value, random.choice((*TEXTS, name + "x", name.upper())): odd(random)}
            case 2:
                return {random.choice(TEXTS) if one == name else one: inner for one, inner in value.items()}
            case _:
                return {**value, name: _changed(value[name], random)}
    if isinstance(value, list) and value and random.random() < 0.85:
        at = random.randrange(len(value))
        match random.randrange(7):
            case 0:
                return value[:at] + value[at + 1 :]
            case 1:
                return [*value, odd(random)]
            case 2:
                return [*value, *value * random.choice((1, 3, 40))]
            case _:
                return [*value[:at], _changed(value[at], random), *value[at + 1 :]]
    if isinstance(value, str) and value and random.random() < 0.5:
        at = random.randrange(len(value) + 1)
        return value[:at] + random.choice(("", "\x00", " ", "\ud800", "é", "9", "|", "/", "'", value)) + value[at + 1 :]
    if isinstance(value, int) and not isinstance(value, bool) and random.random() < 0.5:
        return value + random.choice((-1, 1, -(10**6), 10**6, 2**53))
    return odd(random)


def odd(random: Random) -> Json:
    """Some JSON value that hardly belongs anywhere."""
    kind = random.randrange(10)
    if kind < 3:
        return random.choice(NUMBERS)
    if kind < 7:
        return random.choice(TEXTS)
    if kind < 9:
        return random.choice(ODDITIES)
    return deep(random)


def deep(random: Random) -> Json:
    """A value within many others: near what readers of JSON take, and beyond it."""
    value: Json = 1
    for _ in range(random.choice((3, 20, 90, 150, 190, 250))):
        value = [value] if random.random() < 0.5 else {"a": value}
    return value


def as_bytes(value: Json) -> bytes:
    """JSON as some sender writes it; a text that has no UTF-8 form is written as an escape."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


def scrambled(raw: bytes, random: Random) -> bytes:
    """Bytes after an accident: cut, flipped, doubled, with something between, or others altogether."""
    if not raw:
        return random.randbytes(random.randrange(1, 200))
    at = random.randrange(len(raw))
    end = min(len(raw), at + random.randrange(1, 30))
    match random.randrange(7):
        case 0:
            return raw[:at]
        case 1:
            return raw[:at] + bytes([raw[at] ^ (1 << random.randrange(8))]) + raw[at + 1 :]
        case 2:
            return raw[:at] + random.randbytes(random.randrange(1, 20)) + raw[at:]
        case 3:
            return raw[:at] + raw[end:]
        case 4:
            return raw[:end] + raw[at:end] * random.randrange(1, 20) + raw[end:]
        case 5:
            return raw[:at] + random.choice((b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"1e999", b"[" * 400)) + raw[at:]
        case _:
            return random.randbytes(random.randrange(0, 400))
