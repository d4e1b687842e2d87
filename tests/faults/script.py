"""What is sent in a run, in order, from a seed: the same seed gives the same list in every process."""

import random
import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.faults import bodies
from tests.faults.world import STRAIGHT_TO_KAFKA, World, tempers

Kind = Literal["report", "withdrawal", "explanation", "release", "review", "garbage"]
Expect = Literal["accept", "reject", "explain", "conflict", "refuse", "command", "letter"]
"""What should become of it: accepted · rejected with findings · waits for an explanation · a used key with another
body · refused by the gateway itself · a command · a dead letter."""

DUPLICATES, LATE = 0.10, 0.05
GARBAGE_TOPICS = ("vrs.submissions", "vrs.reports.recorded", "vrs.reports.judged")


@dataclass(frozen=True)
class Action:
    """One thing to send. ``key``: its Idempotency-Key or event id; ``after``: the key that must be taken first."""

    key: str
    kind: Kind
    expect: Expect
    sender: str
    participant: str
    cycle: str
    agency: str | None = None
    body: Any = None
    straight: bool = False
    """By Kafka and not by HTTP."""
    after: str | None = None
    repeat: bool = False
    canary: str | None = None
    """The made-up personal data within, which must never reach a disk."""
    raw: bytes = b""
    headers: tuple[tuple[str, bytes], ...] = ()
    topic: str = ""


@dataclass
class _Series:
    """A series while its actions are being written."""

    participant: str
    cycle: str
    temper: str
    sent: list[str] = field(default_factory=list)
    withdrawn: bool = False


class Script:
    """The list of actions of a seed: ``submissions`` of them are reports, the rest belongs to them."""

    def __init__(self, world: World, seed: int, submissions: int) -> None:
        self._world, self._rng = world, random.Random(seed)
        # Keys are the run's own: two runs of one seed against one system would else be one.
        self._run = f"{seed:x}-{secrets.token_hex(3)}"
        self._number = 0
        self._series = [_Series(p, c, temper) for (p, c), temper in sorted(tempers(world, seed).items())]
        self.actions: list[Action] = []
        reports = 0
        # Every series once at the beginning: what is complete, and what is not, is then known.
        order = self._rng.sample(self._series, len(self._series))
        while reports < submissions:
            series = order[reports] if reports < len(order) else self._rng.choice(self._series)
            reports += self._next(series)
        self._delay_some()

    def _next(self, series: _Series) -> int:
        """Add what comes next in a series; gives how many submissions that was."""
        rng = self._rng
        action = self._part(series) if series.temper == "parts" else self._report(series)
        self._add(action)
        series.sent.append(action.key)
        count = 1
        if rng.random() < DUPLICATES:
            self._add(_repeat(action))
            count += 1
        if action.expect == "explain" and rng.random() < 0.7:
            self._add(self._command("explanation", series, action.key, bodies.EXPLANATION))
        if rng.random() < 0.04 and not action.straight:
            self._add(self._conflict(action))
            count += 1
        if rng.random() < 0.04:
            self._add(self._refused(series))
        if rng.random() < 0.03:
            self._add(self._garbage())
        if series.temper == "steady" and self._may_withdraw(series) and rng.random() < 0.05:
            series.withdrawn = True
            self._add(self._command("withdrawal", series, series.sent[-1], {"reason": "Synthetic withdrawal."}))
        return count

    def _may_withdraw(self, series: _Series) -> bool:
        return not series.withdrawn and series.cycle != self._world.whole

    def _report(self, series: _Series) -> Action:
        rng, reporter, cycle = self._rng, series.participant, series.cycle
        expect: Expect = "accept"
        if rng.random() < 0.02:
            cycle, expect = rng.choice((self._world.closed, self._world.early)), "reject"
            body = bodies.good(rng, reporter, cycle)
        elif series.temper == "patchy" and series.sent:
            body = bodies.partial(rng, reporter, cycle)
        elif series.temper == "troubled" and rng.random() < 0.5:
            expect = rng.choice(("reject", "explain"))
            body = (bodies.bad if expect == "reject" else bodies.doubtful)(rng, reporter, cycle)
        else:
            body = bodies.good(rng, reporter, cycle)
        # A partial return is only foretold where a whole one is known to stand under it.
        after = series.sent[0] if "scope" in body else None
        return Action(
            self._key(), "report", expect, f"focal-point:{reporter}", reporter, cycle, None, body, after=after
        )

    def _part(self, series: _Series) -> Action:
        agencies = self._world.participant(series.participant).agencies
        number = len(series.sent) % len(agencies) if len(series.sent) < 2 else self._rng.randrange(len(agencies))
        agency = agencies[number]
        body = bodies.part(self._rng, agency, series.cycle, first=number == 0)
        return Action(
            self._key(),
            "report",
            "accept",
            f"agency:{series.participant}:{agency}",
            series.participant,
            series.cycle,
            agency,
            body,
            straight=agency in STRAIGHT_TO_KAFKA,
        )

    def _conflict(self, first: Action) -> Action:
        body = bodies.good(self._rng, first.participant, first.cycle)
        if first.agency:
            body["agency"] = first.agency
        return Action(
            first.key, "report", "conflict", first.sender, first.participant, first.cycle, first.agency, body,
            after=first.key,
        )  # fmt: skip

    def _refused(self, series: _Series) -> Action:
        """A report that carries made-up personal data, in a comment, in a text, or as the name of a field."""
        rng, reporter = self._rng, series.participant
        canary = f"zq{rng.randrange(16**10):010x}"
        body = bodies.good(rng, reporter, series.cycle)
        answers = body["answers"]
        match rng.randrange(3):
            case 0:
                answers["about_the_data.comments"] = {"text": f"Ask {canary}@mail.example about it."}
            case 1:
                answers["interaction.description"] = {"text": f"He gave {canary} (at) mail (dot) example twice."}
            case _:
                body[f"{canary}@mail.example"] = 1
        agencies = self._world.participant(reporter).agencies
        if agencies:
            # Straight to Kafka nothing refuses it: there it is rejected once it is read, and not kept.
            agency = agencies[1]
            return Action(
                self._key(), "report", "reject", f"agency:{reporter}:{agency}", reporter, series.cycle, agency,
                body | {"agency": agency}, straight=True, canary=canary,
            )  # fmt: skip
        return Action(
            self._key(), "report", "refuse", f"focal-point:{reporter}", reporter, series.cycle, None, body,
            canary=canary,
        )  # fmt: skip

    def _garbage(self) -> Action:
        rng = self._rng
        event = (
            ("ce_specversion", b"1.0"), ("ce_id", self._key().encode()), ("ce_source", b"urn:elsewhere"),
            ("ce_type", b"org.example.thing.v1"), ("content-type", b"application/json"),
        )  # fmt: skip
        raw, headers = rng.choice(
            (
                (rng.randbytes(rng.randint(0, 300)), ()),
                (b'{"not": "ours"}', event),
                (b"[" * 10_000, (*event[:3], ("ce_type", b"vrs.submission.received.v1"))),
                (b"", ()),
            )
        )
        topic = rng.choice((*GARBAGE_TOPICS, *(f"vrs.in.{agency}" for agency in STRAIGHT_TO_KAFKA)))
        return Action(
            self._key(), "garbage", "letter", "nobody", "", "", straight=True, raw=raw, headers=headers, topic=topic
        )

    def _command(self, kind: Kind, series: _Series, after: str, body: Any) -> Action:
        sender = f"focal-point:{series.participant}"
        return Action(self._key(), kind, "command", sender, series.participant, series.cycle, body=body, after=after)

    def releases(self) -> list[Action]:
        """One release for each return whose parts do not flow through by themselves."""
        held = (one for one in self._series if one.temper == "parts" and one.sent)
        return [
            self._command("release", one, one.sent[-1], None)
            for one in held
            if self._world.participant(one.participant).release == "focal_point"
        ]

    def _delay_some(self) -> None:
        """Move some actions to a later place: late, and out of order with what was meant to follow them."""
        for place in range(len(self.actions)):
            one = self.actions[place]
            if self._rng.random() < LATE and one.kind == "report" and not self._awaited(one):
                self.actions.insert(self._rng.randrange(place, len(self.actions)), self.actions.pop(place))

    def _awaited(self, one: Action) -> bool:
        return one.after is not None or any(other.after == one.key for other in self.actions)

    def _add(self, action: Action) -> None:
        self.actions.append(action)

    def _key(self) -> str:
        self._number += 1
        return f"{self._run}-{self._number}"


def _repeat(action: Action) -> Action:
    """The same once more: same key, same body; it must not count twice."""
    return Action(**{**{name: getattr(action, name) for name in Action.__dataclass_fields__}, "repeat": True})
