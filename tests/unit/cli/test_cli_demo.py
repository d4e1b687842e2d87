"""The demonstration's story: every day it can be told on, every return as it is meant to end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.demo.cycles import QUARTERLY, calendar, last_ended
from cli.demo.participants import AGENCIES, ORGANISATION, PILOT, PROFILES, focal_point
from cli.demo.returns import SYNTHETIC, synthetic
from cli.demo.story import marine_part, sent
from contracts.context import Context, CycleFacts, Earlier
from contracts.identity import body_hash
from contracts.period import Period
from contracts.records import Agency, Cycle, FocalPoint, Participant
from contracts.report import Report
from services.validation.offline import check

TODAY = date(2026, 11, 22)
days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(days)
def test_on_every_day_the_cycles_are_cycles(today: date) -> None:
    for cycle in calendar(today).cycles:
        made = Cycle.model_validate(cycle)
        assert made.opens <= made.due <= made.closes
        assert made.closes > today + timedelta(days=30)


@given(days, st.sampled_from([3, 6]))
def test_the_last_ended_period_has_ended_and_the_next_has_not(today: date, months: int) -> None:
    period = last_ended(today, months)
    following = Period(period.end, months)
    assert period.last_day < today <= following.last_day


def test_the_thirteen_of_the_pilot_and_the_two_of_the_screens_report() -> None:
    assert {one.code for one in PILOT} == {"AU", "KH", "FR", "FJ", "HK", "ID", "MV", "NZ", "PK", "LK", "TO", "GB", "US"}
    assert set(PROFILES) - {one.code for one in PILOT} == {"TH", "CA"}
    assert ORGANISATION["kind"] == "organisation"
    assert set(QUARTERLY) <= set(PROFILES)


def test_everybody_is_what_the_registry_takes_and_nobody_is_a_person() -> None:
    for profile in PROFILES.values():
        Participant.model_validate({"code": profile.code, **profile.record})
        FocalPoint.model_validate({"participant": profile.code, "id": "unit-1", **focal_point(profile.code)})
        assert focal_point(profile.code)["email"].endswith(".example")
    Participant.model_validate(ORGANISATION)
    for agency in AGENCIES:
        Agency.model_validate({"participant": "ID", **agency})


@pytest.mark.parametrize("code", sorted(PROFILES))
@pytest.mark.parametrize("cycle", ["2012", "2013-H1", "2026-Q3"])
def test_a_synthetic_return_is_accepted_without_a_finding_and_says_that_it_is_synthetic(code: str, cycle: str) -> None:
    made = synthetic(PROFILES[code], cycle)
    judged = check(made, datetime.now(UTC))
    assert (judged.outcome, judged.findings) == ("accepted", [])
    assert made["answers"]["about_the_data.comments"]["text"] == SYNTHETIC
    assert made == synthetic(PROFILES[code], cycle)


@given(days)
def test_on_every_day_every_return_ends_as_the_story_says(today: date) -> None:
    for one in sent(calendar(today))[-4:]:
        assert check(one.report, datetime.now(UTC)).outcome == one.ends


def test_a_later_cycle_asks_for_no_explanation_against_an_earlier_one() -> None:
    """Whoever keeps the stack for months loads the next cycles beside the ones before."""
    for profile in PROFILES.values():
        before = check(synthetic(profile, "2026-H1"), datetime.now(UTC))
        context = Context(
            received_at=datetime.now(UTC), previous=Earlier(cycle="2026-H1", figures=before.figures), places=[]
        )
        later = check(synthetic(profile, "2026-H2"), datetime.now(UTC), context)
        assert [one.code for one in later.findings if one.severity == "explain"] == []


def test_the_late_quarter_is_accepted_beside_its_half_year() -> None:
    story = calendar(date(2026, 8, 10))
    assert (story.half, story.quarter) == ("2026-H1", "2026-Q2")
    late = next(one for one in sent(story) if one.report["cycle"] == "2026-Q2")
    half = check(synthetic(PROFILES["NZ"], "2026-H1"), datetime.now(UTC))
    opened = datetime.now(UTC) - timedelta(days=9)
    context = Context(
        received_at=datetime.now(UTC),
        cycle=CycleFacts(opens_at=opened, due_at=datetime.now(UTC), closes_at=datetime.now(UTC) + timedelta(days=9)),
        participant_name="New Zealand",
        related=[Earlier(cycle="2026-H1", figures=half.figures)],
    )
    assert check(late.report, datetime.now(UTC), context).outcome == "accepted"


def test_all_returns_end_as_the_story_says_and_have_keys_of_their_own() -> None:
    returns = sent(calendar(TODAY))
    assert [one.key for one in returns if check(one.report, datetime.now(UTC)).outcome != one.ends] == []
    assert len({(one.speaker, one.key) for one in returns}) == len(returns)
    assert check(marine_part("2026-H1"), datetime.now(UTC)).outcome == "accepted"


def test_the_screens_own_figures_are_among_them() -> None:
    answers = {one.report["reporter"]: one.report["answers"] for one in sent(calendar(TODAY)) if "2013-H1" in one.key}
    by_citizenship = answers["TH"]["illegal_entries.by_citizenship"]["rows"]
    assert [(row["citizenship"], row["value"]) for row in by_citizenship] == [
        ("MM", 500),
        ("KH", 10000),
        ("Lao PDR", 500),
    ]
    by_sea = answers["CA"]["smuggled_migrants.by_mode_and_last_exit"]["rows"]
    assert {"mode": "sea", "last_exit": "TH", "value": 120} in by_sea
    legs = answers["ID"]["routes.by_countries"]["routes"][0]["legs"]
    assert [(leg["country"], leg["type"]) for leg in legs] == [
        ("AF", "origin"),
        ("PK", "transit"),
        ("MY", "transit"),
        ("ID", "transit"),
    ]


def test_the_returns_are_the_same_on_every_machine() -> None:
    """Written down from a first run: other bodies under the same keys would be refused on a loaded system."""
    assert body_hash(synthetic(PROFILES["GB"], "2012")) == (
        "27158c14eb90c4fe5801941e9e7b37042461093193c80020b1a868779a422b3c"
    )
    Report.model_validate(synthetic(PROFILES["GB"], "2012"))
