"""What is recognised as a report is one to the model too; where there is any doubt, the model is asked."""

import re
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bench.feed import Feed
from contracts.report import Report
from contracts.wire import Unreadable, read_json
from services.gateway.intake import read_report
from services.gateway.recognising import Head, Incoming, read_incoming, recognised
from tests.fuzz.mutation import as_bytes, mutated, scrambled

ROW = ("answers", "illegal_entries.by_citizenship", "rows", 0)
LEG = ("answers", "routes.by_countries", "routes", 0, "legs", 0)
FEE = ("answers", "methods_and_fees.by_from_to", "fees", 0)
TEXT = ("answers", "interaction.description")
MOST = 2**53


def whole() -> dict[str, Any]:
    """A report with every field that there is."""
    said = {"comment": "estimate", "caveat": "e"}
    return {
        "template": "ort/1",
        "reporter": "TH",
        "cycle": "2013-H1",
        "agency": "TH-IMM",
        "scope": "full",
        "answers": {
            "illegal_entries.total": {"value": 12000, **said},
            "illegal_entries.by_citizenship": {
                "rows": [
                    {"citizenship": "MM", "value": 500, **said},
                    {"citizenship": "Lao PDR", "value": None, "status": "withheld", "comment": None},
                ]
            },
            "smuggled_migrants.by_mode_and_last_exit": {"rows": [{"mode": "sea", "last_exit": "MY", "value": 0.5}]},
            "refused_entries.total": {"status": "not_collected"},
            "illegal_exits.by_citizenship": {"nothing_to_report": True},
            "routes.by_countries": {
                "routes": [
                    {
                        "citizenship": "AF",
                        "legs": [{"country": "AF", "type": "origin"}, {"country": "PK", "type": "x", "mode": "land"}],
                        "persons": 340,
                        "share": 0.5,
                        **said,
                    }
                ]
            },
            "methods_and_fees.by_from_to": {
                "fees": [
                    {
                        "from": "AF",
                        "to": "ID",
                        "citizenship": "AF",
                        "mode": "air",
                        "methods": ["visa_misuse"],
                        "fee_min": 4000,
                        "fee_typical": 6000.5,
                        "fee_max": 10000,
                        "currency": "USD",
                        "payment": ["instalments"],
                        **said,
                    }
                ]
            },
            "other_crimes.areas": {"choices": ["drugs", "arms"]},
            "interaction.description": {"text": "Loose groups."},
        },
        "sharing": {"methods_and_fees.by_from_to": "centre_only"},
    }


def changed(place: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """The report with something else at a place."""
    report = whole()
    around: Any = report
    for token in place[:-1]:
        around = around[token]
    around[place[-1]] = value
    return report


def judged(value: object) -> Head | None:
    """What the model says."""
    try:
        report = Report.model_validate(value)
    except ValidationError:
        return None
    return Head(report.reporter, report.cycle, report.agency)


@settings(max_examples=3_000)
@given(st.integers(0, 2**48).map(Random), st.integers(0, 6))
def test_whatever_is_recognised_is_a_report_with_that_head(random: Random, changes: int) -> None:
    value = read_json(as_bytes(mutated(whole(), random, changes)))
    head = recognised(value)
    assert isinstance(value, Unreadable) or head in (None, judged(value))


NUMBERS = (b"1e400", b"-0", b"1E2", b"0.10", b"1.0e-7", b"9007199254740993", b"1" * 30, b"NaN")
PIECES = (
    b"\\ud800",
    b"\\u00e9",
    b'"',
    b"\x00",
    b"\x1f",
    b"\xed\xa0\x80",
    b"\xc2",
    b"\\",
    b",",
    b"{",
    b"}",
    b" ",
    *NUMBERS,
)


def spoilt(body: bytes, random: Random) -> bytes:
    """With other numbers, escapes and bytes that mean something to a reader of JSON, here and there."""
    for _ in range(random.randrange(4)):
        numbers = [*re.finditer(rb"(?<=: )[\d.]+", body)]
        if numbers and random.random() < 0.5:
            start, end = random.choice(numbers).span()
            body = body[:start] + random.choice(NUMBERS) + body[end:]
        else:
            start = random.randrange(len(body) + 1)
            body = body[:start] + random.choice(PIECES) + body[start:]
    return scrambled(body, random) if random.random() < 0.2 else body


def told(read: object) -> object:
    """With 1 and 1.0 and True told apart, and a mistake by its words."""
    return read if isinstance(read, Unreadable) else repr(read)


@settings(max_examples=5_000)
@given(st.integers(0, 2**48).map(Random))
def test_a_body_is_read_as_the_other_reader_of_json_reads_it(random: Random) -> None:
    body = spoilt(as_bytes(mutated(whole(), random, random.randrange(3))), random)
    read = read_incoming(body)
    assert told(read.value if isinstance(read, Incoming) else read) == told(read_json(body))


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["%r", "%.20e", "%.17g", "%.3f"]))
def test_every_number_is_read_as_the_other_reader_of_json_reads_it(number: float, form: str) -> None:
    body = as_bytes(changed((*ROW, "value"), 7777)).replace(b"7777", (form % number).encode())
    read = read_incoming(body)
    assert isinstance(read, Incoming)
    assert told(read.value) == told(read_json(body))


def test_a_body_of_too_great_depth_is_refused_by_its_depth() -> None:
    body = b'{"template": ' + b"[" * 300 + b"]" * 300 + b"}"
    read = read_incoming(body)
    assert read == read_json(body)
    assert isinstance(read, Unreadable)
    assert "recursion" in read.detail


@pytest.mark.parametrize(
    ("place", "good", "bad"),
    [
        (("template",), "t" * 200, "t" * 201),
        (("reporter",), "T123456789", "TH\n"),
        (("cycle",), "2013-Q4", "2013-H3"),
        (("cycle",), "2012", "2012\n"),
        (("agency",), None, "TH-IMM\n"),
        (("scope",), "partial", None),
        (("answers", "q" * 100), {}, None),
        (("answers", "x"), {}, []),
        (("sharing", "a.b-c_1"), "c" * 200, "c" * 201),
        ((*ROW, "citizenship"), "é" * 200, "é" * 201),
        ((*ROW, "citizenship"), "", None),
        ((*ROW, "citizenship"), "5", 5),
        ((*ROW, "value"), MOST, MOST + 2),
        ((*ROW, "value"), -MOST, -MOST - 2),
        ((*ROW, "value"), float(MOST), float(MOST) + 2),
        ((*ROW, "value"), -0.0, float("inf")),
        ((*ROW, "value"), 5e-324, float("nan")),
        ((*ROW, "value"), None, True),
        ((*ROW, "value"), 1, "1"),
        ((*ROW, "value"), 0, 2**64),
        ((*ROW, "status"), "s" * 200, "s" * 201),
        ((*ROW, "comment"), "c" * 2_000, "c" * 2_001),
        ((*ROW, "caveat"), None, 1),
        ((*LEG, "type"), "t" * 200, None),
        ((*LEG, "mode"), None, "m" * 201),
        ((*LEG[:-1],), [{"country": "AF", "type": "x"}] * 50, [{"country": "AF", "type": "x"}] * 51),
        ((*FEE, "methods"), ["m"] * 50, ["m"] * 51),
        ((*FEE, "payment"), [], None),
        ((*FEE, "from"), "", None),
        (FEE, {"from": "AF", "to": "ID"}, {"from_": "AF", "to": "ID"}),
        ((*TEXT, "text"), "t" * 20_000, "t" * 20_001),
        ((*TEXT, "choices"), ["c"] * 100, ["c"] * 101),
        ((*TEXT, "nothing_to_report"), False, 0),
        ((*TEXT, "rows"), [{}] * 5_000, [{}] * 5_001),
        (("answers",), {f"q{number}": {} for number in range(200)}, {f"q{number}": {} for number in range(201)}),
    ],
)
def test_up_to_its_limits_a_report_is_recognised_and_beyond_them_it_is_none(
    place: tuple[str | int, ...], good: object, bad: object
) -> None:
    assert recognised(changed(place, good)) == judged(changed(place, good)) != None  # noqa: E711 - all three at once
    assert recognised(changed(place, bad)) is judged(changed(place, bad)) is None


@pytest.mark.parametrize("name", ["q" * 101, "q\n", "1q", "", "a b"])
@pytest.mark.parametrize("field", ["answers", "sharing"])
def test_no_name_is_recognised_that_no_question_can_have(field: str, name: str) -> None:
    value = {"answers": {name: {}}, "sharing": {name: "all"}}[field]
    assert recognised({**whole(), field: value}) is judged({**whole(), field: value}) is None


@pytest.mark.parametrize("value", [None, [], "", 5, {}, [whole()]])
def test_what_is_no_report_at_all_is_not_recognised(value: object) -> None:
    assert recognised(value) is None


def test_every_return_of_the_measurements_is_recognised() -> None:
    feed = Feed(1, 20)
    assert all(recognised(feed.report(sent)) for sent in feed.order if not sent.withdrawn)


def test_a_dimension_of_ones_own_is_for_the_model_to_judge() -> None:
    report = changed(ROW, {"district": "North", "value": 5})
    assert recognised(report) is None
    assert read_report(Incoming(report)) == (Head("TH", "2013-H1", "TH-IMM"), [])
