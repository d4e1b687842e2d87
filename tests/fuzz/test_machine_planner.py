"""A machine over the planner of notices: the clock goes forward, cycles open, due dates move, focal points come and go,
returns are recorded, judged, withdrawn. At every moment exactly those notices are
planned that the model wants, which looks at the calendar day where the State is; none is planned twice.
"""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contracts.directory import Directory
from services.notification.returns import Outcome, Return, Revision, Step, merge
from services.notification.rules import Policy, plan
from tests.unit.notification.world import cycle, extension, focal_point, state

CYCLE = "2013-H1"
OPENS, DUE, CLOSES = date(2013, 7, 1), date(2013, 7, 25), date(2013, 9, 10)
ZONES = {"TH": (7, "Asia/Bangkok"), "KI": (14, "Pacific/Kiritimati"), "AS": (-11, "Pacific/Pago_Pago")}
REMINDERS, POLICY = (30, 14, 7, 3, 1), Policy()
KINDS: dict[Step, str] = {
    "recorded": "report_received",
    "accepted": "report_accepted",
    "rejected": "report_rejected",
    "correction_requested": "correction_requested",
}
WHO = st.sampled_from(sorted(ZONES))
POINTS = st.sampled_from(("border", "police"))
BEGIN = datetime(2013, 6, 25, tzinfo=UTC)


class Planning(RuleBasedStateMachine):
    """One cycle in which three States far apart are expected."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Directory()
        self.now = BEGIN
        self.due, self.extended = DUE, dict[str, date]()
        self.active: dict[str, set[str]] = {code: {"border"} for code in ZONES}
        self.returns: dict[str, Return] = {}
        self.lines: dict[str, list[str]] = {code: [] for code in ZONES}
        """What the model keeps of a return: a word for each revision."""
        self.happened: dict[tuple[str, str], datetime] = {}
        self.in_force: dict[tuple[str, int], datetime] = {}

    @initialize()
    def a_cycle_is_opened(self) -> None:
        self.directory.put(cycle(*ZONES, opens=OPENS, due=DUE, closes=CLOSES))
        for code, (_, zone) in ZONES.items():
            for record in state(code, zone):
                self.directory.put(record)

    # --- what happens

    @rule(hours=st.one_of(st.integers(1, 48), st.integers(24, 24 * 12)))
    def time_goes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(who=WHO, name=POINTS, active=st.booleans())
    def a_focal_point_is_nominated_or_ends(self, who: str, name: str, active: bool) -> None:
        self.directory.put(focal_point(who, name, active=active))
        (self.active[who].add if active else self.active[who].discard)(name)

    @rule(who=WHO, days=st.integers(-5, 60))
    def more_time_is_granted(self, who: str, days: int) -> None:
        self.extended[who] = DUE + timedelta(days=days)
        self.directory.put(extension(who, self.extended[who]))

    @rule(days=st.integers(0, 40))
    def the_due_date_moves(self, days: int) -> None:
        self.due = DUE + timedelta(days=days)
        self.directory.put(cycle(*ZONES, opens=OPENS, due=self.due, closes=CLOSES))

    @rule(who=WHO)
    def a_return_is_recorded(self, who: str) -> None:
        self.lines[who].append("recorded")
        self._know(who, len(self.lines[who]), "recorded")

    @rule(who=WHO, verdict=st.sampled_from(("accepted", "rejected", "needs_explanation")), newest=st.booleans())
    def a_return_is_judged(self, who: str, verdict: Outcome, newest: bool) -> None:
        waiting = [n for n, word in enumerate(self.lines[who], 1) if word == "recorded"]
        if waiting:
            number = waiting[-1 if newest else 0]
            self.lines[who][number - 1] = verdict
            self._know(who, number, verdict)

    @rule(who=WHO)
    def a_return_is_withdrawn(self, who: str) -> None:
        if self.lines[who]:
            self.lines[who].append("withdrawn")
            self._know(who, len(self.lines[who]), "withdrawn")

    @rule(who=WHO)
    def a_correction_is_asked_for(self, who: str) -> None:
        number = self._standing(who)
        if number:
            self._know(who, number, "correction_requested")

    @invariant()
    def what_is_planned_is_what_the_model_wants(self) -> None:
        found = plan(self.directory, self.returns.values(), self.now, POLICY)
        assert len({one.id for one in found.notices}) == len(found.notices)
        wanted = self.wanted()
        assert {one.id for one in found.notices} == wanted
        assert all(one.at <= self.now for one in found.notices)

    # --- the model

    def wanted(self) -> set[str]:
        """Every notice that is due now, by the day that it is where the State is."""
        found: set[str] = set()
        for who, (hours, _) in ZONES.items():
            kinds = self._of_calendar(who, (self.now + timedelta(hours=hours)).date())
            kinds |= {kind for (code, kind), at in self.happened.items() if code == who and self._fresh(at)}
            found |= {f"{CYCLE}|{who}|{point}|{kind}" for kind in kinds for point in self.active[who]}
            if self._unmanned(who, (self.now + timedelta(hours=hours)).date()):
                found.add(f"{CYCLE}|{who}|centre|nomination_due")
        complete = [self.in_force.get((who, self._standing(who))) for who in ZONES]
        last = None if None in complete else max(at for at in complete if at)
        if last is not None and self._fresh(last):
            found |= {f"{CYCLE}|{who}|{one}|cycle_complete" for who in ZONES for one in self.active[who]}
            found.add(f"{CYCLE}||centre|cycle_complete")
        return found

    def _of_calendar(self, who: str, today: date) -> set[str]:
        due = max(self.due, self.extended.get(who, self.due))
        closes = max(CLOSES, due)
        kinds: set[str] = set()
        if OPENS <= today <= due:
            kinds.add("cycle_opened")
        if due > self.due and today <= due:
            kinds.add("extension_granted")
        if closes < today <= closes + timedelta(days=POLICY.late):
            kinds.add("cycle_closed")
        if not self._is_in(who) and today <= closes:
            left = (due - today).days
            if left == 0:
                kinds.add("due_today")
            elif left < 0:
                kinds.add(f"overdue_{max(n for n in POLICY.overdue if n <= -left)}")
            else:
                begun = [d for d in REMINDERS if d >= left and due - timedelta(days=d) > OPENS]
                kinds |= {f"reminder_{min(begun)}"} if begun else set()
        return kinds

    def _unmanned(self, who: str, today: date) -> bool:
        due = max(self.due, self.extended.get(who, self.due))
        return not self.active[who] and OPENS + timedelta(days=POLICY.nomination) <= today <= max(CLOSES, due)

    def _is_in(self, who: str) -> bool:
        """Whether something stands or waits that was sent after the last withdrawal."""
        line = self.lines[who]
        after = line[len(line) - line[::-1].index("withdrawn") :] if "withdrawn" in line else line
        return any(word != "rejected" for word in after)

    def _standing(self, who: str) -> int:
        """The last accepted revision after the last withdrawal; 0 for none."""
        for number in range(len(self.lines[who]), 0, -1):
            word = self.lines[who][number - 1]
            if word == "withdrawn":
                return 0
            if word == "accepted":
                return number
        return 0

    def _fresh(self, at: datetime) -> bool:
        return self.now < at + timedelta(days=POLICY.late)

    def _know(self, who: str, number: int, step: Step) -> None:
        outcome = next((one for one in get_args(Outcome) if one == step), None)
        fact = Revision(0 if step == "recorded" else -1, -1 if outcome is None else 0, outcome, {step: self.now})
        one = Return(who, CYCLE, self.now, {number: fact})
        # Twice, as any message may come.
        self.returns[who] = merge(merge(one, self.returns.get(who, one)), one)
        if step in KINDS:
            self.happened.setdefault((who, KINDS[step]), self.now)
        if step == "accepted":
            self.in_force[who, number] = self.now

    @invariant()
    def nothing_is_planned_again_by_time_alone(self) -> None:
        """Until the moment that a plan names it stays what it is."""
        found = plan(self.directory, self.returns.values(), self.now, POLICY)
        if found.until is not None:
            assert self.now < found.until
            almost = found.until - timedelta.resolution
            assert plan(self.directory, self.returns.values(), almost, POLICY).notices == found.notices


TestPlanning = Planning.TestCase
