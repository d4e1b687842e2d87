"""The three parts of a run against a living stack. Each gives its figures, and fails with all that it found."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random

from contracts.topics import SUBMISSIONS, TOPICS, Topic, agency_in
from tests.e2e.outside import Outside
from tests.fuzz.api import ApiFuzz, Tally
from tests.fuzz.forms import PortalFuzz
from tests.fuzz.good import GoodReturns
from tests.fuzz.messages import AGENCY, EVERY_TOPIC
from tests.fuzz.pouring import Poured, dead_letters, drained, pour
from tests.fuzz.watch import kept_alive
from tests.fuzz.world import ROLES, World, make_participants

READERS = {topic.name: topic.readers for topic in TOPICS} | {agency_in(AGENCY).name: SUBMISSIONS.readers}


def api(world: World, cases: int, each: int, seed: int) -> Tally:
    """At least ``cases`` calls: every operation ``each`` times as every role, again and again."""
    tally = Tally()
    for turn in count():
        fuzz = ApiFuzz(world, tally, seed + turn)
        for who in ROLES:
            fuzz.run(who, each)
        if tally.cases >= cases:
            break
    assert not tally.faults, "\n".join(tally.faults)
    assert not tally.unmet(), "\n".join(tally.unmet())
    return tally


def portal(world: World, posts: int, seed: int) -> Counter[tuple[str, int]]:
    """``posts`` forms as every role that has any; answers by form and status."""
    answers: Counter[tuple[str, int]] = Counter()
    faults: list[str] = []
    for number, who in enumerate(ROLES):
        make_participants(world.outside)
        visitor = PortalFuzz(world, who, f"fuzz-{seed}-{number}")
        visitor.run(posts, Random(seed * 100 + number))
        visitor.close()
        answers += visitor.answers
        faults += visitor.faults
    assert not faults, "\n".join(faults)
    taken = {kind for kind, status in answers if status < 400}
    refused = {kind for kind, status in answers if status in (409, 413, 422)}
    assert taken, answers
    assert refused, answers
    return answers


@dataclass
class Survived:
    """What the topics took, and how long the services had to work on it."""

    poured: Poured
    pouring: float = 0.0
    draining: float = 0.0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Dead letters by (service, reason)."""
    good: int = 0


def topics(
    outside: Outside, messages: int, rounds: int, seed: int, seconds: float, onto: Sequence[Topic] = EVERY_TOPIC
) -> Survived:
    """``messages`` onto the topics with good returns in between; all must be worked off within ``seconds``."""
    bootstrap = outside.told.kafka_bootstrap
    good, found = GoodReturns(outside), Survived(Poured())
    good.prepare(rounds)
    with kept_alive(outside.stack) as said:
        begun = time.monotonic()
        for number in range(rounds):
            asyncio.run(pour(bootstrap, Random(seed * 1_000 + number), messages // rounds, found.poured, onto))
            good.send(number)
        found.pouring = time.monotonic() - begun
        found.draining = drained(outside, seconds)
        good.demand_all()
        found.good = len(good.sent) + len(good.published)
        assert not said, said
    _demand_letters(bootstrap, found)
    for name in outside.stack.workers():
        assert outside.stack.missing(name) is None, name
    return found


def _demand_letters(bootstrap: str, found: Survived) -> None:
    """Whatever is no event of its topic has been set aside by every service that reads it there.

    What some may find good, by one of them at least.
    """
    letters, found.reasons = asyncio.run(dead_letters(bootstrap))
    for topic, places in found.poured.unreadable.items():
        for service in READERS[topic]:
            missing = places - letters.get(service, set())
            assert not missing, f"{len(missing)} of {topic} are in no dead letter of {service}: {sorted(missing)[:5]}"
    for topic, places in found.poured.misshapen.items():
        missing = places.difference(*(letters.get(service, set()) for service in READERS[topic]))
        assert not missing, f"{len(missing)} of {topic} are in no dead letter: {sorted(missing)[:5]}"
