"""Names on a map: each beside its point where there is room, none over another. Pure.

The most important come first; one that finds no room is left out, and stands in the table beside the map.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.gateway.portal.search.places import Frame, Point

LETTER, LINE = 7.4, 15.0
"""Pixels of a letter and of a line at 12 pixels, semi-bold."""
GAP = 7.0


@dataclass(frozen=True, slots=True)
class Label:
    """A name, and the place where its middle stands."""

    name: str
    place: Point


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    width: float
    height: float

    def over(self, other: "_Box") -> bool:
        return (
            self.left < other.left + other.width
            and other.left < self.left + self.width
            and self.top < other.top + other.height
            and other.top < self.top + self.height
        )


def labels(named: Iterable[tuple[str, Point]], around: Frame, width: int, height: int) -> list[Label]:
    """Where each name stands on a map of so many pixels, the most important name first."""
    wanted = list(named)
    dots = [_dot(_pixel(point, around, width, height)) for _, point in wanted]
    taken: list[_Box] = []
    found: list[Label] = []
    for place, (name, point) in enumerate(wanted):
        x, y = _pixel(point, around, width, height)
        long = len(name) * LETTER
        others = [*taken, *(dot for number, dot in enumerate(dots) if number != place)]
        beside = (long / 2 + GAP, 0.0)
        for dx, dy in ((0.0, -13.0), (0.0, 13.0), beside, (-beside[0], 0.0)):
            box = _Box(x + dx - long / 2, y + dy - LINE / 2, long, LINE)
            inside = box.left >= 2 and box.left + long <= width - 2 and box.top >= 2 and box.top + LINE <= height - 2
            if inside and not any(box.over(other) for other in others):
                taken.append(box)
                found.append(Label(name, _place((x + dx, y + dy), around, width, height)))
                break
    return found


def _dot(at: Point) -> _Box:
    return _Box(at[0] - 4, at[1] - 4, 8, 8)


def _pixel(point: Point, around: Frame, width: int, height: int) -> Point:
    x, y = around.flat(point)
    _, middle = around.flat((around.longitude, around.latitude))
    return width / 2 + around.scale * x, height / 2 - around.scale * (y - middle)


def _place(pixel: Point, around: Frame, width: int, height: int) -> Point:
    _, middle = around.flat((around.longitude, around.latitude))
    return around.round(((pixel[0] - width / 2) / around.scale, middle - (pixel[1] - height / 2) / around.scale))
