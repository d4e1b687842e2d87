"""Who takes part in a fault run, and when: participants, focal points, agencies and cycles, from a seed and the clock.

Codes are ISO codes; everything else is made up. Dates stand a few days inside their windows, so that no notice depends
on the hour at which a run happens to start; the two participants of the cycle of time zones are the exception, and
are chosen so that the calendar day differs between them for the whole run.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal

Temper = Literal["steady", "patchy", "troubled", "parts"]
"""How a series behaves: only good whole returns (and perhaps a withdrawal) · one whole return and then partial ones ·
good, bad and doubtful ones · parts of agencies, joined by the system."""


@dataclass(frozen=True)
class FocalPoint:
    """A unit that gets notices."""

    participant: str
    id: str

    @property
    def email(self) -> str:
        return f"{self.id}@{self.participant.lower()}.example"


@dataclass(frozen=True)
class Participant:
    """A State of the run. ``agencies`` publish its parts; without any it reports as a whole."""

    code: str
    zone: str = "UTC"
    focal_points: int = 1
    agencies: tuple[str, ...] = ()
    release: str = "focal_point"

    @property
    def contacts(self) -> list[FocalPoint]:
        return [FocalPoint(self.code, f"unit-{number}") for number in range(1, self.focal_points + 1)]


@dataclass(frozen=True)
class Cycle:
    """A reporting cycle; ``extended``: participant to its later due date."""

    id: str
    opens: date
    due: date
    closes: date
    expected: tuple[str, ...]
    extended: dict[str, date] = field(default_factory=dict)
    grace_days: int = 0


@dataclass(frozen=True)
class World:
    """Everything that stands before the load begins. ``reporting``: the cycles that take returns now."""

    participants: tuple[Participant, ...]
    cycles: tuple[Cycle, ...]
    reporting: tuple[str, ...]
    whole: str
    """The cycle that every expected participant reports for, so that it gets complete."""
    closed: str
    early: str
    moved: str
    """The cycle whose due date is moved once the load is over."""

    def participant(self, code: str) -> Participant:
        return next(one for one in self.participants if one.code == code)

    def cycle(self, identity: str) -> Cycle:
        return next(one for one in self.cycles if one.id == identity)


NATIONAL = (
    Participant("TH", "Asia/Bangkok", 2),
    Participant("KH", "Asia/Phnom_Penh"),
    Participant("MY", "Asia/Kuala_Lumpur"),
    Participant("ID", "Asia/Jakarta", 2),
    Participant("PH", "Asia/Manila"),
    Participant("LK", "Asia/Colombo"),
    Participant("FJ", "Pacific/Fiji"),
    Participant("NZ", "Pacific/Auckland"),
    Participant("PK", "Asia/Karachi"),
    Participant("AU", "Australia/Sydney", 2),
    Participant("US", "America/New_York"),
    Participant("FR", "Europe/Paris"),
)
FLOWING = (
    Participant("LA", "Asia/Vientiane", agencies=("LA-IMM", "LA-POL"), release="flow_through"),
    Participant("VN", "Asia/Ho_Chi_Minh", agencies=("VN-IMM", "VN-NAVY"), release="flow_through"),
)
RELEASING = (Participant("MM", "Asia/Yangon", agencies=("MM-IMM", "MM-POL")),)
SILENT = Participant("DE", "Europe/Berlin")
WITHOUT_FOCAL_POINT = Participant("BE", "Europe/Brussels", 0)
STRAIGHT_TO_KAFKA = ("LA-POL", "VN-NAVY", "MM-POL")
"""The agencies that publish on their own topics; the others use HTTP."""


def build(now: datetime) -> World:
    """The world of a run that starts at ``now``."""
    today = now.astimezone(UTC).date()

    def day(offset: int) -> date:
        return today + timedelta(days=offset)

    east, west = _zones(now)
    pair = (Participant("CN", _etc(east)), Participant("CA", _etc(west)))
    participants = (*NATIONAL, *FLOWING, *RELEASING, SILENT, WITHOUT_FOCAL_POINT, *pair)
    all_but_pair = tuple(one.code for one in participants if one not in pair)
    west_today = now.astimezone(timezone(timedelta(hours=west))).date()
    cycles = (
        Cycle("2012", day(-60), day(10), day(90), all_but_pair),
        Cycle("2013-H1", day(-40), day(-10), day(60), all_but_pair),
        Cycle("2013-H2", day(-50), west_today, day(70), tuple(one.code for one in pair)),
        Cycle("2014-Q1", day(-90), day(-40), day(-5), ("TH", "KH", SILENT.code)),
        Cycle("2014-Q2", day(5), day(40), day(80), ("TH", "KH")),
        Cycle("2014-H2", day(-20), day(5), day(75), all_but_pair, {"TH": day(12), "MY": day(12)}),
        Cycle("2015-H1", day(-30), day(20), day(60), ("PH", "LK", "NZ")),
    )
    return World(
        participants=participants,
        cycles=cycles,
        reporting=("2012", "2013-H1", "2014-H2", "2015-H1"),
        whole="2015-H1",
        closed="2014-Q1",
        early="2014-Q2",
        moved="2014-H2",
    )


def tempers(world: World, seed: int) -> dict[tuple[str, str], Temper]:
    """(participant, cycle) to how that series behaves."""
    found: dict[tuple[str, str], Temper] = {}
    kinds: tuple[Temper, ...] = ("steady", "patchy", "troubled")
    for place, participant in enumerate(world.participants):
        for number, cycle in enumerate(world.reporting):
            if participant.code not in world.cycle(cycle).expected:
                continue
            if participant in (SILENT, WITHOUT_FOCAL_POINT):
                continue
            if participant.agencies:
                found[participant.code, cycle] = "parts"
            else:
                found[participant.code, cycle] = (
                    "steady" if cycle == world.whole else kinds[(place + number + seed) % len(kinds)]
                )
    return found


def _zones(now: datetime) -> tuple[int, int]:
    """Two offsets in hours with different calendar days, both as far from midnight as can be."""
    utc = now.astimezone(UTC)

    def local(offset: int) -> datetime:
        return utc + timedelta(hours=offset)

    def margin(offset: int) -> float:
        hour = local(offset).hour + local(offset).minute / 60
        return min(hour, 24 - hour)

    pairs = [
        (min(margin(east), margin(west)), east, west)
        for east in range(15)
        for west in range(-12, 0)
        if local(east).date() > local(west).date()
    ]
    _, east, west = max(pairs)
    return east, west


def _etc(offset: int) -> str:
    """The zone of a fixed offset; the names of the ``Etc`` zones count the other way round (POSIX)."""
    return "Etc/GMT" if offset == 0 else f"Etc/GMT{-offset:+d}"
