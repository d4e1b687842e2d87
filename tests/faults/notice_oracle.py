"""O4: which notices must exist, which may, and what the mail server should have got.

The calendar is reckoned here anew, from the pages that describe it (../shared pages and docs/architecture.md):
every moment is a midnight where the participant is; what a return does to its notices is told within the run.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.faults.world import Cycle, World

Document = dict[str, Any]
Key = tuple[str, str | None, str, str]
"""Cycle, participant, focal point, kind."""
REMINDERS, OVERDUE = (30, 14, 7, 3, 1), (1, 7, 14)
CENTRE, CENTRE_MAIL = "centre", "centre@vrs.example"


@dataclass(frozen=True)
class Window:
    """A kind is due from ``start`` until ``end``."""

    kind: str
    start: datetime
    end: datetime
    missing: bool = False


def midnight(day: date, zone: str) -> datetime:
    """The first moment of a day in a zone."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def windows(cycle: Cycle, participant: str, zone: str) -> list[Window]:
    """What the calendar says to one participant about one cycle."""
    one = timedelta(days=1)
    due = max(cycle.due, cycle.extended.get(participant, cycle.due))
    closes = max(cycle.closes, due)
    opened, over, closed = midnight(cycle.opens, zone), midnight(due + one, zone), midnight(closes + one, zone)
    found = [
        Window("cycle_opened", opened, over),
        Window("cycle_closed", closed, closed + 14 * one),
        Window("nomination_due", midnight(cycle.opens + 14 * one, zone), closed),
    ]
    if due > cycle.due:
        found.append(Window("extension_granted", datetime.min.replace(tzinfo=UTC), over))
    starts = [(midnight(due - days * one, zone), f"reminder_{days}") for days in REMINDERS]
    starts = [(start, kind) for start, kind in starts if start > opened]
    starts.append((midnight(due, zone), "due_today"))
    starts += [(midnight(due + days * one, zone), f"overdue_{days}") for days in OVERDUE]
    starts = [(start, kind) for start, kind in starts if start < closed]
    ends = [start for start, _ in starts[1:]] + [closed]
    found += [Window(kind, start, end, missing=True) for (start, kind), end in zip(starts, ends, strict=True)]
    return found


@dataclass
class Expected:
    """``must`` is a part of ``may``; what is outside ``may`` should not be."""

    must: set[Key]
    may: set[Key]


def by_calendar(
    world: World, cycles: Iterable[Cycle], begun: datetime, ended: datetime, at: datetime, is_in: set[tuple[str, str]]
) -> Expected:
    """Notices by the calendar. ``at``: a moment at which all was quiet, with the returns ``is_in`` standing then;
    ``begun`` to ``ended``: when windows may have opened on the way."""
    must: set[Key] = set()
    may: set[Key] = set()
    for cycle in cycles:
        for code in cycle.expected:
            participant = world.participant(code)
            for window in windows(cycle, code, participant.zone):
                keys = _keys(cycle.id, code, [one.id for one in participant.contacts], window.kind)
                if window.missing and (code, cycle.id) in is_in:
                    continue
                if window.start <= at < window.end:
                    must.update(keys)
                if window.start <= ended and begun < window.end:
                    may.update(keys)
            may.update(_before_the_extension(world, cycle, code, begun, ended, is_in))
    return Expected(must, may | must)


def _before_the_extension(
    world: World, cycle: Cycle, code: str, begun: datetime, ended: datetime, is_in: set[tuple[str, str]]
) -> set[Key]:
    """What the first due date asked for: a cycle is made a moment before its extensions, and somebody may look then."""
    if code not in cycle.extended:
        return set()
    participant = world.participant(code)
    without = replace(cycle, extended={})
    return {
        key
        for window in windows(without, code, participant.zone)
        if not (window.missing and (code, cycle.id) in is_in) and window.start <= ended and begun < window.end
        for key in _keys(cycle.id, code, [one.id for one in participant.contacts], window.kind)
    }


def _keys(cycle: str, code: str, contacts: list[str], kind: str) -> list[Key]:
    if kind == "nomination_due":
        return [] if contacts else [(cycle, code, CENTRE, kind)]
    return [(cycle, code, contact, kind) for contact in contacts]


def by_returns(world: World, reports: Iterable[Document]) -> set[Key]:
    """Notices that follow from what happened to national returns."""
    keys: set[Key] = set()
    for one in reports:
        if one.get("agency") is not None or one["kind"] == "withdrawal":
            continue
        kinds = ["report_received"]
        if one["outcome"] in ("accepted", "rejected"):
            kinds.append(f"report_{one['outcome']}")
        contacts = world.participant(one["participant"]).contacts
        keys.update((one["cycle"], one["participant"], contact.id, kind) for contact in contacts for kind in kinds)
    return keys


def by_completion(world: World) -> set[Key]:
    """Notices of the one cycle that gets complete: to its participants and to the centre."""
    keys: set[Key] = {(world.whole, None, CENTRE, "cycle_complete")}
    for code in world.cycle(world.whole).expected:
        keys.update((world.whole, code, one.id, "cycle_complete") for one in world.participant(code).contacts)
    return keys


def wrong_notices(notices: Iterable[Document], expected: Expected) -> Iterator[str]:
    """Missing, needless and doubled notices."""
    have = Counter((one["cycle"], one["participant"], one["focal_point"], one["kind"]) for one in notices)
    for key in sorted(expected.must - have.keys(), key=repr):
        yield f"O4 the notice {key} is missing"
    for key in sorted(have.keys() - expected.may, key=repr):
        yield f"O4 the notice {key} should not be"
    for key, count in have.items():
        if count > 1:
            yield f"O4 the notice {key} stands {count} times"


@dataclass
class Mails:
    """What became of the mails. ``unknown``: nobody can tell whether the server took them; never sent again.

    ``needless``: waited for the mail server until the return that they ask for had come in, or their time was over.
    """

    sent: int
    taken: int
    swallowed: int
    unknown: list[str]
    failed: list[str]
    needless: int


def have_reported(reports: Iterable[Document]) -> set[tuple[str, str]]:
    """Participant and cycle of every national return that ever came in."""
    return {
        (one["participant"], one["cycle"])
        for one in reports
        if one.get("agency") is None and one["kind"] != "withdrawal"
    }


def wrong_mails(
    world: World,
    notices: Iterable[Document],
    reported: set[tuple[str, str]],
    calendars: Collection[Cycle],
    folder: Path,
) -> tuple[list[str], Mails]:
    """Each notice that is marked as sent is one mail, to the right address; a doubled one is the worst.

    One that is marked as not needed any more asked somebody for a return who has sent one (``reported``), or was put
    aside outside its window in one of the ``calendars``: the cycles as they were, and as they were moved to.
    ``folder``: the sink's, which also tells to what it said yes and kept nothing.
    """
    asking = {"due_today", *(f"reminder_{n}" for n in REMINDERS), *(f"overdue_{n}" for n in OVERDUE)}
    addresses = {(one.code, contact.id): contact.email for one in world.participants for contact in one.contacts}
    sent: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    unknown: defaultdict[str, list[str]] = defaultdict(list)
    failed: list[str] = []
    needless: list[str] = []
    wrong: list[str] = []
    for one in notices:
        to_centre = one["audience"] == "centre"
        address = CENTRE_MAIL if to_centre else addresses[one["participant"], one["focal_point"]]
        mail = next(channel for channel in one["channels"] if channel["kind"] == "email")
        match mail["state"]:
            case "sent":
                sent[address] += 1
            case "unknown":
                unknown[address].append(one["_id"])
            case "failed" if mail["next_at"] is None:
                failed.append(one["_id"])
            case "not_needed":
                needless.append(one["_id"])
                at = mail["at"].replace(tzinfo=UTC)
                has_reported = (one["participant"], one["cycle"]) in reported
                if one["kind"] not in asking or (not has_reported and _in_time(world, calendars, one, at)):
                    wrong.append(f"O4 the mail of {one['_id']} was needed and is marked as needed no more")
            case state:
                wrong.append(f"O4 the mail of {one['_id']} is still {state}")
    taken, swallowed = _told(folder / "messages.jsonl"), _told(folder / "swallowed.jsonl")
    for address in sorted(sent.keys() | taken.keys() | unknown.keys()):
        ids = taken.get(address, Counter())
        lost[address] = len(swallowed.get(address, Counter()).keys() - ids.keys())
        least, most = sent[address] - lost[address], sent[address] + len(unknown[address])
        if not least <= len(ids) <= most:
            wrong.append(f"O4 {address} got {len(ids)} mails; {least} to {most} were sent")
        wrong += [f"O4 {address} got the mail {one} {count} times" for one, count in ids.items() if count > 1]
    counts = Mails(
        sum(sent.values()),
        sum(sum(ids.values()) for ids in taken.values()),
        sum(lost.values()),
        sorted(one for some in unknown.values() for one in some),
        failed,
        len(needless),
    )
    return wrong, counts


def _in_time(world: World, calendars: Collection[Cycle], one: Document, at: datetime) -> bool:
    """Whether it is the time of a notice at that moment, by every calendar that its cycle ever had."""
    code = one["participant"]
    return all(
        any(window.kind == one["kind"] and window.start <= at < window.end for window in found)
        for found in (
            windows(cycle, code, world.participant(code).zone) for cycle in calendars if cycle.id == one["cycle"]
        )
    )


def _told(lines: Path) -> Mapping[str, Counter[str]]:
    """Address to Message-ID to how often the sink tells of it."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in lines.read_text(encoding="utf-8").splitlines() if lines.exists() else ():
        message = json.loads(line)
        for address in message["to"]:
            found[address][message["message_id"]] += 1
    return found
