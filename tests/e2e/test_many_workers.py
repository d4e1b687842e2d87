"""Two workers of every service share the work; one of each is killed in the middle; nothing is lost or doubled."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.outside import Outside, returned

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
SERVICES = ("ingest", "validation", "aggregation", "notification")
STATES = [f"W{number:02}" for number in range(24)]
"""Participants of our own, so many that every partition has some."""
CYCLES = ("2006-H1", "2006-H2")
VN = {"indicator": "illegal_entries", "member": "VN"}


@pytest.fixture
def second_workers(system: Outside) -> Iterator[dict[str, str]]:
    """A second worker of each service; afterwards the stack is as it was."""
    stack = system.stack
    names = {service: f"{service}-2" for service in SERVICES}
    for service, name in names.items():
        if name not in stack.components:
            stack.add_worker(service, 2)
        stack.launch(name)
    stack.wait_ready(names.values())
    yield names
    for service, name in names.items():
        if stack.exit_code(service) is not None:
            stack.start_one(service)
        stack.stop(name)
    stack.wait_ready(SERVICES)


def value(state: int, cycle: int, revision: int) -> int:
    return 1000 * (cycle + 1) + 10 * state + revision


def test_killing_workers_in_the_middle_loses_and_doubles_nothing(
    system: Outside, second_workers: dict[str, str]
) -> None:
    for code in STATES:
        system.participant(code)
    for cycle in CYCLES:
        system.cycle(cycle)
    submissions = []
    for revision in (1, 2):
        for at, cycle in enumerate(CYCLES):
            for number, code in enumerate(STATES):
                submissions.append(system.send(returned(code, cycle, entries={"VN": value(number, at, revision)})))
            if revision == 1:
                # The load is under way: kill the first worker of two services, later the second of the others.
                for service in ("ingest", "aggregation") if at == 0 else ("validation", "notification"):
                    system.stack.kill(service if at == 0 else second_workers[service])
    for submission in submissions:
        assert system.judged(submission, 90)["state"] in ("accepted", "superseded")

    for at, cycle in enumerate(CYCLES):
        expected = {code: value(number, at, 2) for number, code in enumerate(STATES)}
        system.until_figure(sum(expected.values()), "citizenship", **VN, period=cycle)
        assert system.rows("citizenship", **VN, period=cycle)[0]["reporters"] == sorted(STATES)
        found = {code: system.figure("citizenship", **VN, period=cycle, reporter=code) for code in STATES}
        assert found == expected
    for code in STATES:
        revisions = system.as_("centre").get(f"/reports/{code}/{CYCLES[0]}/revisions")["items"]
        assert [one["revision"] for one in revisions] == [1, 2]
    system.figures_agree()


def test_both_workers_get_work(system: Outside, second_workers: dict[str, str]) -> None:
    """Each worker's own metrics say what it has done since it joined."""

    def done(name: str) -> float:
        text = httpx.get(f"{system.stack.url(name)}/metrics", timeout=30).text
        lines = [line for line in text.splitlines() if line.startswith("vrs_events_processed_total{")]
        return sum(float(line.rpartition(" ")[2]) for line in lines)

    for code in STATES:
        system.participant(code)
    system.cycle("2005-H1")
    deadline = time.monotonic() + 180
    round_ = 0
    while True:
        round_ += 1
        for code in STATES:
            system.send(returned(code, "2005-H1", entries={"VN": round_}))
        idle = [name for service, first in second_workers.items() for name in (service, first) if not done(name)]
        if not idle:
            return
        assert time.monotonic() < deadline, f"waited 180 s for work to reach {idle}"
