"""The oracle against the system's own rules, without a broker: two readings of the same pages must agree.

And against planted mistakes: an oracle that never complains proves nothing.
"""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.context import Context, CycleFacts
from contracts.directory import Directory
from contracts.events import ReportRecorded, Sender
from contracts.records import Cycle, Extension, FocalPoint, Participant
from contracts.report import Report
from services.notification.rules import Policy, plan
from services.validation.rules import judge
from tests.faults import bodies, notice_oracle, recount, world
from tests.faults.journal import Journal, read
from tests.faults.script import Script

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)


def judged(body: dict[str, Any]) -> Any:
    report = Report.model_validate(body)
    day = timedelta(days=1)
    context = Context(
        received_at=NOW,
        cycle=CycleFacts(opens_at=NOW - day, due_at=NOW + day, closes_at=NOW + 2 * day),
        participant_name="Synthetic",
        agency_known=True,
    )
    return judge(
        ReportRecorded(
            submission_id="one",
            series="TH|2012",
            participant=report.reporter,
            cycle=report.cycle,
            agency=report.agency,
            revision=1,
            sender=Sender(role="focal-point", participant=report.reporter),
            report=report,
            context=context,
        )
    )


def test_every_cell_of_three_hundred_reports_is_counted_alike_by_the_judge_and_by_the_oracle() -> None:
    rng = random.Random(1)
    for _ in range(300):
        body = bodies.good(rng, "TH", "2012")
        judgement = judged(body)
        assert judgement.outcome == "accepted"
        assert {(f.indicator, f.dimension, f.member): f.value for f in judgement.figures} == recount.figures(body)


def test_what_the_script_expects_is_what_the_judge_says() -> None:
    rng = random.Random(2)
    assert judged(bodies.bad(rng, "TH", "2012")).outcome == "rejected"
    assert judged(bodies.doubtful(rng, "TH", "2012")).outcome == "needs_explanation"
    assert judged(bodies.part(rng, "LA-IMM", "2012", first=True)).outcome == "accepted"


def directory(of: world.World) -> Directory:
    known = Directory()
    for one in of.participants:
        known.put(Participant(code=one.code, name="Synthetic", time_zone=one.zone))
        for contact in one.contacts:
            known.put(FocalPoint(participant=one.code, id=contact.id, unit="Unit", email=contact.email))
    for cycle in of.cycles:
        expected = list(cycle.expected)
        known.put(Cycle(id=cycle.id, opens=cycle.opens, due=cycle.due, closes=cycle.closes, expected=expected))
        for participant, due in cycle.extended.items():
            known.put(Extension(cycle=cycle.id, participant=participant, due=due, reason="Synthetic"))
    return known


def test_the_calendar_of_the_oracle_and_of_the_planner_agree_at_every_hour_of_a_day() -> None:
    for hour in range(24):
        now = NOW.replace(hour=hour, minute=31)
        of = world.build(now)
        expected = notice_oracle.by_calendar(of, of.cycles, now, now, now, set())
        planned = plan(directory(of), [], now, Policy()).notices
        assert {(n.cycle, n.participant, n.focal_point, n.kind) for n in planned} == expected.must


def test_two_participants_stand_in_different_days_at_every_hour() -> None:
    for hour in range(24):
        now = NOW.replace(hour=hour)
        of = world.build(now)
        pair = of.cycle("2013-H2")
        kinds = [
            {w.kind for w in notice_oracle.windows(pair, code, of.participant(code).zone) if w.start <= now < w.end}
            for code in pair.expected
        ]
        assert kinds[0] != kinds[1]


def test_a_missing_a_needless_and_a_doubled_notice_are_found() -> None:
    key: notice_oracle.Key = ("2012", "TH", "unit-1", "due_today")
    one = dict(zip(("cycle", "participant", "focal_point", "kind"), key, strict=True))
    nothing, this = notice_oracle.Expected(set(), set()), notice_oracle.Expected({key}, {key})
    assert "missing" in next(notice_oracle.wrong_notices([], this))
    assert "should not be" in next(notice_oracle.wrong_notices([one], nothing))
    assert "2 times" in next(notice_oracle.wrong_notices([one, one], this))


def test_a_mail_that_was_needed_and_is_marked_as_needed_no_more_is_found(tmp_path: Path) -> None:
    of = world.build(NOW)
    state = of.participants[0]
    calendars = list(of.cycles)

    def findings(kind: str, *reports: notice_oracle.Document, at: datetime = NOW) -> list[str]:
        notice = {
            "_id": "one", "cycle": "2012", "participant": state.code, "focal_point": state.contacts[0].id,
            "kind": kind, "audience": "participant",
            "channels": [{"kind": "email", "state": "not_needed", "next_at": None, "at": at}],
        }  # fmt: skip
        reported = notice_oracle.have_reported(reports)
        return notice_oracle.wrong_mails(of, [notice], reported, calendars, tmp_path)[0]

    own: notice_oracle.Document = {"participant": state.code, "cycle": "2012", "agency": None, "kind": "report"}
    # Ten days before the due date it is the time of the reminder of fourteen days.
    assert findings("reminder_14", own) == []
    assert "was needed" in findings("report_received", own)[0]
    for other in ({"cycle": "2013-H1"}, {"agency": "TH-IMM"}, {"kind": "withdrawal"}):
        assert "was needed" in findings("reminder_14", {**own, **other})[0], other
    assert findings("reminder_30") == findings("overdue_1") == [], "its time is over, or has not come"
    assert "was needed" in findings("cycle_opened")[0]
    assert findings("reminder_14", at=NOW + timedelta(days=4)) == []
    calendars.append(replace(of.cycle("2012"), due=of.cycle("2012").due + timedelta(days=5)))
    assert findings("reminder_14") == [], "the due date was moved"


def test_a_mail_that_is_nowhere_is_found_and_one_that_the_sink_tells_it_swallowed_is_none(tmp_path: Path) -> None:
    of = world.build(NOW)
    contact = of.participants[0].contacts[0]
    notice = {
        "_id": "one", "cycle": "2012", "participant": of.participants[0].code, "focal_point": contact.id,
        "kind": "cycle_opened", "audience": "participant",
        "channels": [{"kind": "email", "state": "sent", "next_at": None, "at": NOW}],
    }  # fmt: skip

    def findings() -> list[str]:
        return notice_oracle.wrong_mails(of, [notice], set(), of.cycles, tmp_path)[0]

    line = json.dumps({"to": [contact.email], "message_id": "<1@vrs>"}) + "\n"
    assert "got 0 mails; 1 to 1" in findings()[0]
    (tmp_path / "swallowed.jsonl").write_text(line)
    assert findings() == []
    (tmp_path / "messages.jsonl").write_text(line)
    assert findings() == []
    (tmp_path / "messages.jsonl").unlink()
    (tmp_path / "swallowed.jsonl").write_text(line.replace(contact.email, "somebody@else.example"))
    assert "got 0 mails; 1 to 1" in findings()[0]


def test_the_journal_gives_back_what_was_sent_and_one_acknowledgement_outweighs_any_doubt(tmp_path: Path) -> None:
    actions = Script(world.build(NOW), 3, 20).actions
    journal = Journal(tmp_path / "journal.jsonl")
    numbers = [journal.intent(action) for action in actions[:2]]
    journal.answer(numbers[0], "unknown", error="no answer")
    journal.answer(numbers[0], "acknowledged", status=202, id="the-id")
    journal.answer(numbers[1], "unknown", status=503)
    journal.answer(numbers[1], "refused", status=422)
    journal.close()
    first, second = read(journal.file)
    assert (first.outcome, first.id, first.body) == ("acknowledged", "the-id", actions[0].body)
    assert (second.outcome, second.statuses) == ("unknown", [503, 422])
