"""Good returns sent among the garbage, and the figures that they must have made in the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.e2e.outside import Outside, returned, wait

REPORTER, AGENCY = "NZ", "NZ-IMM"
"""Of whom nothing that is thrown speaks."""
FIRST_YEAR = 1950


@dataclass
class GoodReturns:
    """One State's returns over HTTP and its agency's parts straight over Kafka, each for a cycle of its own."""

    outside: Outside
    sent: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Cycle to submission and figure."""
    published: dict[str, int] = field(default_factory=dict)

    def prepare(self, rounds: int) -> None:
        """The participant, its agency and the cycles, before anything is thrown."""
        self.outside.participant(REPORTER, release="flow_through")
        self.outside.as_("centre").put(f"/participants/{REPORTER}/agencies/{AGENCY}", {"name": "Agency"})
        for number in range(rounds):
            self.outside.cycle(f"{FIRST_YEAR + number}-H1", REPORTER)
            self.outside.cycle(f"{FIRST_YEAR + number}-H2", REPORTER)

    def send(self, number: int) -> None:
        """One return over HTTP, one part over Kafka."""
        http, direct = f"{FIRST_YEAR + number}-H1", f"{FIRST_YEAR + number}-H2"
        report = returned(REPORTER, http, entries={"KH": 100 + number})
        self.sent[http] = (self.outside.send(report, key=f"good-{number}"), 100 + number)
        part = returned(REPORTER, direct, entries={"KH": 500 + number})
        self.outside.publish_report(AGENCY, {**part, "agency": AGENCY}, f"good-{number}")
        self.published[direct] = 500 + number

    def demand_all(self) -> None:
        """Every one is accepted, and stands in the figures as it was sent."""
        for cycle, (submission, _) in self.sent.items():
            found = self.outside.judged(submission, 120)
            assert found["state"] == "accepted", (cycle, found)
        wanted = {cycle: figure for cycle, (_, figure) in self.sent.items()} | self.published
        for cycle, figure in wanted.items():
            wait(f"the figure of {cycle}", lambda c=cycle, f=figure: self._figure(c) == f, 120)  # type: ignore[misc]

    def _figure(self, cycle: str) -> int | None:
        return self.outside.figure(
            "citizenship", period=cycle, indicator="illegal_entries", member="KH", reporter=REPORTER
        )
