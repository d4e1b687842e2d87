"""A machine over a series' line of revisions: reports, judgements, explanations, reviews and withdrawals in any order
and repeated. The model asks one question of each revision, "what came after you?", in plain words.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contracts.events import (
    Explanation,
    ExplanationsGiven,
    ReportAccepted,
    ReportExplanationNeeded,
    ReportRejected,
    ReviewRequested,
    Sender,
)
from contracts.states import State
from services.ingest.documents import Kind, Outcome, Revision, Step
from services.ingest.rules import line

NOW = datetime(2013, 7, 1, tzinfo=UTC)
SERIES = {"series": "TH|2013-H1", "participant": "TH", "cycle": "2013-H1"}
VERDICTS: dict[Outcome, type[ReportAccepted] | type[ReportRejected] | type[ReportExplanationNeeded]] = {
    "accepted": ReportAccepted,
    "rejected": ReportRejected,
    "needs_explanation": ReportExplanationNeeded,
}
Verdict = ReportAccepted | ReportRejected | ReportExplanationNeeded
Word = Literal["verified", "correction_requested"]
Commanded = tuple[int, ExplanationsGiven | ReviewRequested]
WHICH = st.integers(0, 100)
T = TypeVar("T")


def picked(some: list[T], which: int) -> T:
    return some[which % len(some)]


@dataclass
class Told:
    """What the model remembers of a revision: nothing but what was said about it."""

    withdrawal: bool
    judgement: int = 0
    verdict: Outcome | None = None
    explained: set[str] = field(default_factory=set)
    words: dict[str, tuple[datetime, Word]] = field(default_factory=dict)


class Line(RuleBasedStateMachine):
    """One series."""

    def __init__(self) -> None:
        super().__init__()
        self.series: dict[int, Revision] = {}
        self.told: dict[int, Told] = {}
        self.clock = NOW
        self.commands: list[Commanded] = []
        self.verdicts: list[Verdict] = []

    # --- what happens

    @rule(withdrawal=st.sampled_from((False, False, False, True)))
    def one_more_revision(self, withdrawal: bool) -> None:
        number = len(self.series) + 1
        kind: Kind = "withdrawal" if withdrawal and number > 1 else "report"
        state: State = "withdrawn" if kind == "withdrawal" else "recorded"
        self.series[number] = Revision(
            id=f"TH|2013-H1#{number}",
            series="TH|2013-H1",
            participant="TH",
            cycle="2013-H1",
            revision=number,
            submission_id=f"s{number}",
            kind=kind,
            sender=Sender(role="focal-point", participant="TH"),
            state=state,
            history=[Step(state=state, at=self.tick(), service="ingest")],
            recorded_at=self.clock,
        )
        self.told[number] = Told(kind == "withdrawal")
        self.settle()

    @precondition(lambda self: self.waiting())
    @rule(which=WHICH, outcome=st.sampled_from(sorted(VERDICTS)))
    def a_verdict_arrives(self, which: int, outcome: Outcome) -> None:
        """Validation says the same of the same judgement, however often it is asked."""
        number = picked(self.waiting(), which)
        made = VERDICTS[outcome].model_validate(
            {**SERIES, "submission_id": f"s{number}", "revision": number, "judgement": self.told[number].judgement}
            | {"findings": [], "report": {}, "figures": [], "answered": [], "centre_only": []}
        )
        self.verdicts.append(made)
        self.hear(made)

    @precondition(lambda self: self.verdicts)
    @rule(which=WHICH)
    def a_verdict_arrives_again(self, which: int) -> None:
        self.hear(picked(self.verdicts, which))

    @precondition(lambda self: self.series)
    @rule(which=WHICH, word=st.sampled_from((None, "verified", "correction_requested")))
    def a_command_arrives(self, which: int, word: Word | None) -> None:
        number = picked(list(self.series), which)
        self.commands.append(self.command(number, word))
        self.obey(self.commands[-1])

    @precondition(lambda self: self.commands)
    @rule(which=WHICH)
    def a_command_arrives_again(self, which: int) -> None:
        self.obey(picked(self.commands, which))

    def command(self, number: int, word: Word | None) -> Commanded:
        # Received in an order of its own: what is sent first may come last.
        at = NOW + timedelta(minutes=hash((number, len(self.commands))) % 60)
        common = {**SERIES, "command_id": f"c{len(self.commands)}", "received_at": at}
        if word is None:
            why = [Explanation(pointer="/answers/a", comment=f"because of {len(self.commands)}")]
            sender = Sender(role="focal-point", participant="TH")
            return number, ExplanationsGiven.model_validate(
                {**common, "sender": sender, "submission_id": f"s{number}", "explanations": why}
            )
        return number, ReviewRequested.model_validate(
            {**common, "sender": Sender(role="centre"), "revision": number, "outcome": word, "reason": "see there"}
        )

    def hear(self, one: Verdict) -> None:
        self.series[one.revision] = line.judged(self.series[one.revision], one)
        told = self.told[one.revision]
        if told.judgement == one.judgement and told.verdict is None:
            told.verdict = next(name for name, kind in VERDICTS.items() if isinstance(one, kind))
        self.settle()

    def obey(self, given: Commanded) -> None:
        number, command = given
        one, follower = self.series[number], self.follower(number)
        told, state = self.told[number], self.states()[number]
        if isinstance(command, ExplanationsGiven):
            self.series[number] = line.explained(one, follower, command)
            if state in ("needs_explanation", "recorded") and command.command_id not in told.explained:
                told.explained.add(command.command_id)
                told.judgement, told.verdict = told.judgement + 1, None
        else:
            self.series[number] = line.reviewed(one, follower, command)
            if state in ("accepted", "verified", "correction_requested"):
                told.words.setdefault(command.command_id, (command.received_at, command.outcome))
        self.settle()

    def waiting(self) -> list[int]:
        """Revisions that validation has not judged as they are now."""
        return [n for n, told in self.told.items() if not told.withdrawal and told.verdict is None]

    # --- the model

    def states(self) -> dict[int, State]:
        """By asking of each revision what came after it."""
        found: dict[int, State] = {}
        for number, told in self.told.items():
            later = [self.told[n] for n in sorted(self.told) if n > number]
            after = next((one for one in later if one.withdrawal or one.verdict == "accepted"), None)
            if told.withdrawal:
                found[number] = "withdrawn"
            elif told.verdict is None:
                found[number] = "recorded"
            elif told.verdict == "rejected":
                found[number] = "rejected"
            elif after is not None:
                found[number] = "withdrawn" if after.withdrawal else "superseded"
            elif told.verdict == "accepted" and told.words:
                found[number] = max((at, name, word) for name, (at, word) in told.words.items())[2]
            else:
                found[number] = told.verdict
        return found

    # --- the product

    def follower(self, number: int) -> line.Follower | None:
        later = (line.decisive(self.series[n]) for n in sorted(self.series) if n > number)
        return next((one for one in later if one is not None), None)

    def settle(self) -> None:
        for number, one in self.series.items():
            self.series[number] = line.settled(one, self.follower(number), self.tick())

    def tick(self) -> datetime:
        self.clock += timedelta(seconds=1)
        return self.clock

    @invariant()
    def every_state_is_what_the_model_says(self) -> None:
        assert line.states(self.series.values()) == self.states()
        assert {number: one.state for number, one in self.series.items()} == self.states()

    @invariant()
    def at_most_one_revision_is_in_force_and_it_is_the_last_accepted_one_after_the_last_withdrawal(self) -> None:
        standing = [n for n, one in self.series.items() if line.in_force(one, self.follower(n))]
        withdrawn = max((n for n, told in self.told.items() if told.withdrawal), default=0)
        accepted = [n for n, told in self.told.items() if told.verdict == "accepted" and n > withdrawn]
        assert standing == ([max(accepted)] if accepted else [])

    @invariant()
    def a_history_names_a_state_only_when_it_changes(self) -> None:
        for one in self.series.values():
            states = [step.state for step in one.history]
            assert all(before != after for before, after in pairwise(states))
            assert states[-1] == one.state


TestLine = Line.TestCase
