"""The example events: what ingest's example says is what validation's example answers."""

from contracts.events import ReportRecorded
from contracts.identity import event_id
from services.validation.outgoing import judged_event
from services.validation.rules import judge
from tests.contracts.event_examples import load


def test_the_example_of_a_recorded_report_is_judged_as_the_example_of_an_accepted_one() -> None:
    recorded, accepted = load("vrs.report.recorded.v1").event, load("vrs.report.accepted.v1").event
    assert isinstance(recorded.data, ReportRecorded)
    assert judged_event(recorded.data, judge(recorded.data)) == accepted.data
    assert accepted.id == event_id(recorded.data.submission_id, "judged.0")
