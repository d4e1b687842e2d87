"""A machine over the rule of cover: States report, correct and withdraw periods of any length in any order, and no
total ever counts a month of a State twice. The model looks at months one by one and knows nothing of halves.
"""

from collections.abc import Iterable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contracts.figures import Table
from contracts.period import Period, cover, cover_span, parse_span
from services.gateway.figures import Gathered
from services.gateway.held import Counted
from services.gateway.in_force import InForce
from services.gateway.subject import Subject
from services.gateway.visibility import Contribution

TABLE = Table("illegal_entries", "citizenship")
PARTICIPANTS = ("TH", "MY")
CENTRE = Subject("centre", "centre")
SPANS = ("2012", "2013", "2013-H1", "2013-Q3", "2012..2013", "2012-H2..2013-H1", "2012-Q4..2013-Q3")
YEARS = ("2012", "2013")
NAMES = [*YEARS, *(f"{year}-{part}" for year in YEARS for part in ("H1", "H2", "Q1", "Q2", "Q3", "Q4"))]


def months_of(period: Period) -> set[int]:
    return set(range(period.first_month, period.end))


def standing(asked: Period, reported: Iterable[Period]) -> tuple[set[Period], bool]:
    """For each month the longest report within ``asked`` that has it; complete where no month is without one."""
    inside = [one for one in reported if months_of(one) <= months_of(asked)]
    longest = {
        month: max((one for one in inside if month in months_of(one)), key=lambda one: one.months, default=None)
        for month in months_of(asked)
    }
    return {one for one in longest.values() if one is not None}, None not in longest.values()


class Covering(RuleBasedStateMachine):
    """Reports come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.reports: dict[tuple[str, Period], tuple[int, int]] = {}
        """To (value, revision)."""
        self.arrivals: list[tuple[str, Period]] = []

    @rule(who=st.sampled_from(PARTICIPANTS), name=st.sampled_from(NAMES), value=st.integers(0, 10**6))
    def a_state_reports(self, who: str, name: str, value: int) -> None:
        at = (who, Period.parse(name))
        self.reports[at] = (value, self.reports.get(at, (0, 0))[1] + 1)
        self.arrivals.append(at)

    @rule(data=st.data())
    def a_state_withdraws(self, data: st.DataObject) -> None:
        if self.reports:
            at = data.draw(st.sampled_from(sorted(self.reports)))
            del self.reports[at]

    @rule(data=st.data())
    def a_repeat_arrives(self, data: st.DataObject) -> None:
        if self.arrivals:
            self.arrivals.insert(
                data.draw(st.integers(0, len(self.arrivals))), data.draw(st.sampled_from(self.arrivals))
            )

    @invariant()
    def each_period_is_covered_by_what_stands_for_its_months(self) -> None:
        for who in PARTICIPANTS:
            arrived = [at for one, at in self.arrivals if one == who and (one, at) in self.reports]
            for name in NAMES:
                asked = Period.parse(name)
                found = cover(asked, arrived)
                assert (set(found.chosen), found.complete) == standing(asked, arrived), name
                assert sum(one.months for one in found.chosen) == len(
                    {m for one in found.chosen for m in months_of(one)}
                )

    @invariant()
    def a_total_is_the_sum_of_what_stands_for_each_state_once(self) -> None:
        stored = [
            {
                "period": str(at),
                "dimension": TABLE.dimension,
                "participant": who,
                "revision": revision,
                "cells": {TABLE.indicator: {"KH": value}},
            }
            for (who, at), (value, revision) in self.reports.items()
        ]
        returns = [
            Contribution(who, at, frozenset({TABLE}), frozenset(), revision)
            for (who, at), (_, revision) in self.reports.items()
        ]
        in_force = InForce(returns)
        for text in SPANS:
            span = parse_span(text)
            total, complete, reporters = 0, True, set()
            for who in PARTICIPANTS:
                own = [at for one, at in self.reports if one == who]
                parts = [standing(period, own) for period in span]
                chosen = {one for some, _ in parts for one in some}
                if chosen:
                    reporters.add(who)
                    total += sum(self.reports[who, at][0] for at in chosen)
                    complete = complete and all(whole for _, whole in parts)
            gathered = Gathered(in_force.standing(CENTRE, TABLE.dimension, span, None))
            for document in stored:
                cycle = str(document["period"])
                figures = Counted({who: revision for who, revision, _ in in_force.versions[cycle]})
                figures.add(document)
                gathered.add(cycle, figures.cells)
            found = gathered.answer()
            if not reporters:
                assert found == []
                continue
            [row] = found
            assert (row.value, set(row.reporters), row.complete) == (total, reporters, complete), text
            for who in PARTICIPANTS:
                own = [at for one, at in self.reports if one == who]
                counted = [month for one in cover_span(span, own).chosen for month in months_of(one)]
                assert len(counted) == len(set(counted))


TestCovering = Covering.TestCase
