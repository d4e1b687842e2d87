"""Loading the demonstration over the interface, as a centre, focal points and agencies would."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from cli.demo.agency_feed import publish_part
from cli.demo.cycles import EXTENDED, SECOND, Calendar
from cli.demo.participants import AGENCIES, ORGANISATION, PROFILES, focal_point
from cli.demo.story import JOINED, Sent, explanations, marine_part, sent
from cli.gateway import Gateway, Problem
from cli.identity import Who
from cli.settings import CliSettings, Refused

T = TypeVar("T")
Say = Callable[[str], None]
WAIT_SECONDS = 60.0
MOVED_ON = frozenset({"superseded", "withdrawn", "verified", "correction_requested"})
"""Where a user has gone on with the demonstration's returns since the first run."""


class Loader:
    """Puts the demonstration into a running system. A second run finds everything there and changes nothing."""

    def __init__(self, told: CliSettings, say: Say) -> None:
        self._told, self._say = told, say

    def gateway(self, who: str) -> Gateway:
        return Gateway(self._told, Who.parse(who))

    def everything(self, calendar: Calendar) -> Calendar:
        """Load it. Raises Refused where something does not arrive, and says what. Gives the calendar that stands."""
        with self.gateway("centre") as centre:
            with self._telling("16 participants with their focal points, 2 agencies"):
                participants(centre)
            with self._telling("4 cycles"):
                calendar = cycles(centre, calendar)
            returns = sent(calendar)
            with self._telling(f"{len(returns)} returns over HTTP"):
                self._send(returns)
            with self._telling("an agency's part straight over Kafka, joined with the other agency's"):
                self._publish(calendar.half)
            with self._telling("the centre verifies one return and asks for a correction of another"):
                review(centre)
            with self._telling("deadlines: who is expected, and an extension"):
                expect(centre, calendar)
        return calendar

    def _send(self, returns: list[Sent]) -> None:
        """All first, then their judgements: the system works on many at once."""
        submitted: list[tuple[Sent, str]] = []
        for one in returns:
            with self.gateway(one.speaker) as gateway:
                submitted.append((one, gateway.submit(one.report, one.key)))
        for one, submission in submitted:
            with self.gateway(one.speaker) as gateway:
                self._judged(gateway, one, submission)

    def _judged(self, gateway: Gateway, one: Sent, submission: str) -> None:
        state = gateway.wait(submission, WAIT_SECONDS)["state"]
        if one.ends == "needs_explanation" and state == one.ends:
            gateway.post(f"/submissions/{submission}/explanations", explanations(), one.key + "/explained")

            def explained() -> str | None:
                now = gateway.status(submission)["state"]
                return None if now == "accepted" or now in MOVED_ON else f"it is {now}"

            until(f"the explanation of {one.key} to be judged", explained)
        elif state not in {one.ends, *MOVED_ON, "accepted"} or (one.ends == "rejected") != (state == "rejected"):
            raise Refused(f"{one.key} should have been {one.ends} and is {state}: vrs status {submission}")

    def _publish(self, cycle: str) -> None:
        answer = asyncio.run(
            publish_part(self._told, "ID-MAR", marine_part(cycle), f"demo-{cycle}", seconds=WAIT_SECONDS)
        )
        if answer.state != "accepted":
            raise Refused(f"the part of ID-MAR should have been accepted and is {answer.state}: {answer.findings}")
        wanted = {"illegal_entries.total", "smuggled_migrants.total"}
        with self.gateway(f"focal-point:{JOINED}") as gateway:

            def unjoined() -> str | None:
                found = attempt(lambda: gateway.get(f"/reports/{JOINED}/{cycle}"))
                missing = wanted - set(answers_of(found)) if found else wanted
                return f"it lacks {sorted(missing)}" if missing else None

            until(f"the joined return of {JOINED}", unjoined)

    @contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self._say(f"{what} ({time.monotonic() - begun:.1f} s)")


def participants(centre: Gateway) -> None:
    """Only what is missing or differs is written."""
    organisation = {name: value for name, value in ORGANISATION.items() if name != "code"}
    wanted: dict[str, Any] = {one.code: one.record for one in PROFILES.values()} | {"PIDC": organisation}
    wanted[JOINED] = {**wanted[JOINED], "release": "flow_through"}
    for code, record in wanted.items():
        put(centre, f"/participants/{code}", record)
        put(centre, f"/participants/{code}/focal-points/unit-1", focal_point(code))
    for agency in AGENCIES:
        put(
            centre,
            f"/participants/{JOINED}/agencies/{agency['id']}",
            {"name": agency["name"], "email": agency["email"]},
        )


def put(centre: Gateway, path: str, wanted: dict[str, Any]) -> None:
    there = attempt(lambda: centre.get(path)) or {}
    if any(there.get(name) != value for name, value in wanted.items()):
        centre.put(path, wanted)


def cycles(centre: Gateway, calendar: Calendar) -> Calendar:
    """Open the cycles that are not there. Those of an earlier day keep their dates.

    Nobody is expected yet, and the current half-year is due later than it will be: else everybody would be
    reminded of the returns that are about to be loaded.
    """
    there = {one["id"] for one in centre.items("/cycles")}
    not_yet_due = {"due": (calendar.extended_to - timedelta(days=1)).isoformat()}
    for cycle in calendar.cycles:
        if cycle["id"] not in there:
            first = not_yet_due if cycle["id"] == calendar.half else {}
            centre.post("/cycles", {**cycle, **first, "expected": []}, f"demo/{cycle['id']}")
    return calendar


def expect(centre: Gateway, calendar: Calendar) -> None:
    """Now the deadlines count. The extension comes before the due date that it extends."""
    there = {one["id"]: one for one in centre.items("/cycles")}
    due = {one["id"]: one["due"] for one in calendar.cycles}
    for cycle, expected in calendar.expected.items():
        if sorted(there[cycle]["expected"]) == expected:
            continue
        if cycle == calendar.half:
            centre.patch(f"/cycles/{cycle}", {"expected": [EXTENDED]})
            extension = {
                "participant": EXTENDED,
                "due": calendar.extended_to.isoformat(),
                "reason": "Figures of one island group come by ship (demonstration)",
            }
            centre.post(f"/cycles/{cycle}/extensions", extension, f"demo/{cycle}/{EXTENDED}")
        centre.patch(f"/cycles/{cycle}", {"expected": expected, "due": due[cycle]})


def review(centre: Gateway) -> None:
    """One return is verified, another one comes back with a question."""
    asked = (
        ("AU", {"outcome": "verified", "reason": "Agrees with the figures of the cycle before (demonstration)"}),
        (
            "PK",
            {
                "outcome": "correction_requested",
                "reason": "Please check the figure for Afghanistan (demonstration)",
                "pointers": ["/answers/illegal_entries.by_citizenship/rows/0/value"],
            },
        ),
    )
    for code, wanted in asked:
        own = list(centre.items("/submissions", {"reporter": code, "cycle": SECOND}))
        if {one["state"] for one in own if one["kind"] == "report"} != {"accepted"}:
            continue  # reviewed in an earlier run, or its State has gone on
        centre.post(f"/reports/{code}/{SECOND}/verification", wanted, f"demo/{SECOND}/{code}/review")

        def reviewed(code: str = code, outcome: str = str(wanted["outcome"])) -> str | None:
            states = {one["state"] for one in centre.items("/submissions", {"reporter": code, "cycle": SECOND})}
            return None if outcome in states else f"its states are {sorted(states)}"

        until(f"the review of {code}", reviewed)


def answers_of(found: dict[str, Any]) -> dict[str, Any]:
    """The answers of a return as the interface gives it."""
    inner: dict[str, Any] = found.get("report", found)
    return dict(inner["answers"])


def attempt(call: Callable[[], T]) -> T | None:
    """What the call gives; None where there is no such thing."""
    try:
        return call()
    except Problem as problem:
        if problem.status == 404:
            return None
        raise


def until(what: str, missing: Callable[[], str | None], seconds: float = WAIT_SECONDS) -> None:
    """Wait until ``missing`` answers None. Raises Refused past the deadline, with what was waited for."""
    deadline = time.monotonic() + seconds
    while (why := missing()) is not None:
        if time.monotonic() > deadline:
            raise Refused(f"waited {seconds:g} s for {what}: {why}")
        time.sleep(0.2)
