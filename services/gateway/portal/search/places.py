"""Where countries stand on a map, and how a map is laid around some of them. Pure.

Mercator, turned so that the widest empty part of the world is cut: routes over the Pacific stay in one piece.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import contracts

Point = tuple[float, float]
CLOSEST, WIDEST = 900.0, 1.2
"""Pixels per radian: closer shows no neighbours; wider shows the world twice."""
BEND = 0.16
"""How far a line leaves the straight way, as part of its length: so that there and back are two lines."""
STEPS = 24


@cache
def places() -> dict[str, Point]:
    """Longitude and latitude of a point in each country that the atlas draws, by alpha-2 code."""
    file = Path(contracts.__file__).parent / "reference" / "centroids.json"
    return {code: (x, y) for code, (x, y) in json.loads(file.read_text("utf-8")).items()}


@dataclass(frozen=True, slots=True)
class Frame:
    """A Mercator map: turned to ``longitude``, its middle at ``latitude``, in pixels per radian."""

    longitude: float
    latitude: float
    scale: float

    def flat(self, point: Point) -> Point:
        """A point in radians on the turned map."""
        x = math.radians((point[0] - self.longitude + 180) % 360 - 180)
        return x, math.asinh(math.tan(math.radians(point[1])))

    def round(self, flat: Point) -> Point:
        x = (math.degrees(flat[0]) + self.longitude + 180) % 360 - 180
        return round(x, 2), round(math.degrees(math.atan(math.sinh(flat[1]))), 2)


def frame(points: Iterable[Point], width: int, height: int) -> Frame:
    """The map that holds all points, with room around them."""
    held = sorted(set(points)) or [(100.0, 10.0)]
    middle = _middle_longitude([x for x, _ in held])
    whole = Frame(middle, 0.0, 1.0)
    flat = [whole.flat(one) for one in held]
    left, right = min(x for x, _ in flat), max(x for x, _ in flat)
    low, high = min(y for _, y in flat), max(y for _, y in flat)
    scale = min(width * 0.76 / max(right - left, 0.01), height * 0.72 / max(high - low, 0.01))
    latitude = whole.round((0, (low + high) / 2))[1]
    longitude = whole.round(((left + right) / 2, 0))[0]
    return Frame(longitude, latitude, min(CLOSEST, max(width * WIDEST / (2 * math.pi), scale)))


def _middle_longitude(held: Sequence[float]) -> float:
    """The middle of what is left when the world is cut in the widest gap."""
    values = sorted(set(held))
    gaps = [(second - first, second) for first, second in zip(values, [*values[1:], values[0] + 360], strict=True)]
    gap, start = max(gaps)
    return (start + (360 - gap) / 2 + 180) % 360 - 180


@dataclass(frozen=True, slots=True)
class Way:
    """A bent line between two countries, the point where its arrow stands, and its heading there in degrees."""

    points: tuple[Point, ...]
    arrow: Point
    heading: float


def way(start: Point, end: Point, around: Frame) -> Way:
    """From one place to another, bent to the right of the direction of travel."""
    (ax, ay), (bx, by) = around.flat(start), around.flat(end)
    cx, cy = (ax + bx) / 2 + (by - ay) * BEND * 2, (ay + by) / 2 - (bx - ax) * BEND * 2

    def at(t: float) -> Point:
        return (
            (1 - t) ** 2 * ax + 2 * t * (1 - t) * cx + t * t * bx,
            (1 - t) ** 2 * ay + 2 * t * (1 - t) * cy + t * t * by,
        )

    (px, py), (qx, qy) = at(0.56), at(0.6)
    heading = math.degrees(math.atan2(qx - px, qy - py))
    return Way(tuple(around.round(at(n / STEPS)) for n in range(STEPS + 1)), around.round(at(0.58)), round(heading, 1))
