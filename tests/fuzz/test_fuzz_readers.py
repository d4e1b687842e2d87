"""Every reader of what others send: files, pasted blocks, form fields, messages. It reads, or says what it cannot read;
it never fails, and it does not take long.
"""

import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli import report_file
from cli.settings import Refused
from contracts import template as templates
from contracts.events import PAYLOADS
from contracts.template import Question
from contracts.wire import Event, Unreadable, decode
from services.gateway.intake import read_report
from services.gateway.portal.returns.editing import edited, with_blanks
from services.gateway.portal.returns.pasting import NotRows, rows_of
from services.gateway.portal.returns.reading import read
from services.gateway.portal.returns.typed import MOST_LINES, TypedAnswer, columns
from services.gateway.recognising import Incoming
from services.validation.offline import check
from tests.e2e.outside import thailand
from tests.fuzz.forms import BLOCKS, BUTTONS, VALUES
from tests.fuzz.messages import EVERY_TOPIC, thrown
from tests.fuzz.mutation import as_bytes, mutated, scrambled

NOW = datetime(2013, 7, 20, tzinfo=UTC)
TEMPLATE = templates.load()
QUESTIONS = st.sampled_from(TEMPLATE.questions)
SEEDS = st.integers(0, 2**48).map(Random)
SECONDS = 5.0
SOME = st.sampled_from(
    ["rows", "routes", "fees", "value", "text", "comment", "status", "choices", "legs", "methods", "payment", "country",
     "type", "citizenship", "mode", "persons", "from", "to", "fee_min", "currency", "0", "1", "9999", "٣", "²", "-1"]
)  # fmt: skip
FIELDS = st.lists(SOME, min_size=1, max_size=5).map("-".join)
TEXT = st.one_of(st.text(max_size=30), st.sampled_from(VALUES[:-1]))


@given(SEEDS, st.integers(0, 12))
def test_a_file_is_judged_or_refused(tmp_path_factory: pytest.TempPathFactory, random: Random, changes: int) -> None:
    raw = as_bytes(mutated(thailand(), random, changes))
    file = _file(tmp_path_factory, scrambled(raw, random) if random.random() < 0.3 else raw)
    begun = time.process_time()
    try:
        report = report_file.read(file)
    except Refused:
        return
    judged = check(report, NOW)
    assert judged.outcome in ("accepted", "rejected", "needs_explanation")
    assert judged.outcome != "rejected" or judged.findings
    assert time.process_time() - begun < SECONDS


@given(st.binary(max_size=200))
def test_a_file_of_any_bytes_is_an_object_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    try:
        assert isinstance(report_file.read(_file(tmp_path_factory, raw)), dict)
    except Refused:
        return


def _file(folders: pytest.TempPathFactory, raw: bytes) -> Path:
    file = folders.getbasetemp() / "report.json"
    file.write_bytes(raw)
    return file


@given(SEEDS, st.integers(0, 12))
def test_a_body_is_a_report_or_has_findings(random: Random, changes: int) -> None:
    begun = time.process_time()
    report, findings = read_report(Incoming(mutated(thailand(), random, changes)))
    assert (report is None) == bool(findings)
    assert time.process_time() - begun < SECONDS


@given(st.one_of(st.text(max_size=300), st.sampled_from(BLOCKS)), QUESTIONS)
def test_a_pasted_block_gives_rows_or_cannot_be_taken_apart(block: str, question: Question) -> None:
    begun = time.process_time()
    names = columns(question, TEMPLATE)
    try:
        rows = rows_of(block, names, {})
    except NotRows:
        return
    assert len(rows) <= MOST_LINES
    assert all(set(row) <= {*names, "value", "comment"} for row in rows)
    assert all(isinstance(cell, str) and len(cell) <= 2_000 for row in rows for cell in row.values())
    assert time.process_time() - begun < SECONDS


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.one_of(FIELDS, TEXT), TEXT), max_size=12),
    st.sampled_from(BUTTONS),
    st.sampled_from(BLOCKS),
    QUESTIONS,
)
def test_the_fields_of_a_question_are_an_answer(
    sent: list[tuple[str, str]], button: str, block: str, question: Question
) -> None:
    begun = time.process_time()
    typed = TypedAnswer.of_form(sent)
    try:
        typed = edited(typed, button, block, question, TEMPLATE)
    except NotRows:
        return
    assert TypedAnswer.model_validate(typed.model_dump()) == typed
    with_blanks(typed, button, question, TEMPLATE)
    found: dict[str, Any] = read(typed, question, TEMPLATE).answer
    assert isinstance(found, dict)
    assert time.process_time() - begun < SECONDS


@given(SEEDS, st.sampled_from(EVERY_TOPIC))
def test_a_message_is_an_event_or_unreadable(random: Random, topic: Any) -> None:
    one = thrown(topic, random)
    begun = time.process_time()
    for accepts in (topic.payloads, PAYLOADS):
        found = decode(one.value, one.headers, accepts)
        assert isinstance(found, Event | Unreadable)
        if isinstance(found, Unreadable):
            assert found.reason
            assert len(found.detail) < 1_000
    assert time.process_time() - begun < SECONDS
