"""May this sender report for this participant, and is the cycle open? Source: the roles and the reporting cycles."""

from collections.abc import Iterator

from contracts.codes import participant_of
from services.validation.case import Case
from services.validation.rules.found import Found, found


def sender_is_not_the_reporter(case: Case) -> Iterator[Found]:
    """No role writes for another participant, the centre neither."""
    if case.recorded.sender.participant != case.report.reporter:
        yield found("sender.not_reporter", "/reporter", reporter=case.report.reporter)


def sender_is_not_the_agency(case: Case) -> Iterator[Found]:
    """An agency sends its own part and nothing else; the State's focal point may send a part in an agency's name."""
    own, named = case.recorded.sender.agency, case.report.agency
    if own is not None and named != own:
        yield found("sender.not_agency", "/agency", agency=named or "the State as a whole", suggestion=f"agency: {own}")


def agency_is_unknown(case: Case) -> Iterator[Found]:
    agency, reporter = case.report.agency, case.report.reporter
    if agency is not None and (participant_of(agency) != reporter or not case.context.agency_known):
        yield found("agency.unknown", "/agency", agency=agency, reporter=reporter)


def reporter_is_unknown(case: Case) -> Iterator[Found]:
    if case.context.participant_name is None:
        yield found("reporter.unknown", "/reporter", reporter=case.report.reporter)


def cycle_does_not_take_reports(case: Case) -> Iterator[Found]:
    """The clock is the moment at which the report was received, so that a slow judge is not the sender's fault."""
    cycle, name, at = case.context.cycle, case.report.cycle, case.context.received_at
    if cycle is None:
        yield found("cycle.unknown", "/cycle", cycle=name)
    elif at < cycle.opens_at:
        yield found("cycle.not_open", "/cycle", cycle=name, opens=f"{cycle.opens_at:%d %B %Y %H:%M} UTC")
    elif at >= cycle.closes_at:
        yield found("cycle.closed", "/cycle", cycle=name, closes=f"{cycle.closes_at:%d %B %Y %H:%M} UTC")
    elif at >= cycle.due_at:
        yield found("report.late", "/cycle", due=f"{cycle.due_at:%d %B %Y %H:%M} UTC")
