"""Maps as Vega-Lite specifications: flows between countries, and amounts at countries. Pure.

The world's shapes come from our own server; what States report is drawn upon them. A country that the atlas does not
draw is left off the map and stays in the table.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from services.gateway.dimensions import ROUTE_STEP
from services.gateway.portal.search.charts import CONFIG, SCHEMA, Spec
from services.gateway.portal.search.finding import Line
from services.gateway.portal.search.labels import labels
from services.gateway.portal.search.places import Frame, Point, frame, places, way
from services.gateway.portal.search.wording import Words

NARROWEST, WIDEST = 280, 1140
LAND, BORDER, SEA, FLOW, POINT = "#f6f3ea", "#a89f8c", "#dfecf2", "#b2430b", "#072a33"
MOST_FLOWS = 60
"""Thinner ones would be hidden below the wider ones; the table has all."""


def corridors(lines: Sequence[Line]) -> dict[tuple[str, str], int]:
    """The amount on each step from country to country, summed over the routes that take it."""
    found: dict[tuple[str, str], int] = {}
    for one in lines:
        steps = one.member.split(ROUTE_STEP)
        for step in itertools.pairwise(steps):
            found[step] = found.get(step, 0) + one.value
    return found


@dataclass(frozen=True)
class Sheet:
    """What a map is drawn on. ``world``: the address of the world's shapes; ``width``: in pixels."""

    title: str
    notes: Sequence[str]
    unit: str
    world: str
    words: Words
    width: int = WIDEST

    @property
    def height(self) -> int:
        """Narrow maps are higher than wide ones, so that there is something to see."""
        return round(self.width * (0.52 if self.width > 600 else 0.9))

    def around(self, points: Sequence[Point]) -> Frame:
        return frame(points, self.width, self.height)


def flows(sheet: Sheet, lines: Sequence[Line]) -> Spec:
    """Routes or corridors as lines from country to country, as wide as their figures; the arrow says which way."""
    held = {step: value for step, value in corridors(lines).items() if all(code in places() for code in step)}
    largest = sorted(held.items(), key=lambda one: (-one[1], one[0]))[:MOST_FLOWS]
    around = sheet.around([places()[code] for step, _ in largest for code in step])
    top = largest[0][1] if largest else 1
    name = sheet.words.country
    shapes, arrows = [], []
    for (start, end), value in largest:
        drawn = way(places()[start], places()[end], around)
        told = {"name": f"{name(start)} > {name(end)}", "value": value}
        line = {"type": "LineString", "coordinates": drawn.points}
        shapes.append({"type": "Feature", "geometry": line, "properties": told})
        x, y = drawn.arrow
        arrows.append({"x": x, "y": y, "heading": drawn.heading, "value": value})
    codes = list(dict.fromkeys(code for step, _ in largest for code in step))
    told_by = {**_legend(sheet.unit, top), "symbolType": "stroke", "symbolSize": 900, "symbolStrokeColor": FLOW}
    alike = len({value for _, value in largest}) < 2  # nothing to compare
    wide = {
        "type": "quantitative",
        "legend": None if alike else told_by,
        "scale": {"domain": [0, top], "range": [1.4, 11]},
    }
    size = {"type": "quantitative", "legend": None, "scale": {"domain": [0, top], "range": [50, 260]}}
    ways: Spec = {
        "data": {"values": shapes},
        "mark": {"type": "geoshape", "filled": False, "stroke": FLOW, "strokeOpacity": 0.72, "clip": True},
        "encoding": {"strokeWidth": {"field": "properties.value", **wide}, "tooltip": _told("properties.", sheet)},
    }
    heads: Spec = {
        "data": {"values": arrows},
        "mark": {"type": "point", "shape": "triangle-up", "filled": True, "color": POINT, "opacity": 1},
        "encoding": {
            **AT,
            "angle": {"field": "heading", "type": "quantitative", "scale": None},
            "size": {"field": "value", **size},
        },
    }
    dots: Spec = {
        "data": {"values": [_at(places()[code], name=name(code)) for code in codes]},
        "mark": {"type": "circle", "size": 46, "color": POINT, "opacity": 1},
        "encoding": {**AT, "tooltip": [{"field": "name", "title": " "}]},
    }
    return _map(sheet, around, [ways, heads, dots, *_named(codes, around, sheet)])


def amounts(sheet: Sheet, lines: Sequence[Line]) -> Spec:
    """A circle at each country, its area as its figure."""
    # Small circles lie on large ones.
    held = sorted((one for one in lines if one.member in places()), key=lambda one: (-one.value, one.name))
    around = sheet.around([places()[one.member] for one in held])
    top = max((one.value for one in held), default=1)
    area = {"domain": [0, top], "range": [0, 1800]}
    legend = _legend(sheet.unit, top)
    circles: Spec = {
        "data": {"values": [_at(places()[one.member], name=one.name, value=one.value) for one in held]},
        "mark": {"type": "circle", "color": FLOW, "opacity": 0.6, "stroke": "#ffffff", "clip": True},
        "encoding": {
            **AT,
            "size": {"field": "value", "type": "quantitative", "scale": area, "legend": legend},
            "tooltip": _told("", sheet),
        },
    }
    return _map(sheet, around, [circles, *_named([one.member for one in held], around, sheet)])


def _legend(unit: str, top: int) -> Spec:
    """What a width or an area stands for, in a few round figures up to the largest on the map."""
    return {"title": unit, "orient": "bottom", "values": round_figures(top), "format": ",d", "titleLimit": 300}


def round_figures(top: int) -> list[int]:
    """Up to three figures to read a scale by: of few the ends and the middle, else of 1, 2, 5, 10 … every other."""
    if top <= 5:
        return sorted({1, (1 + top) // 2, top})
    steps = [digit * 10**power for power in range(len(str(top))) for digit in (1, 2, 5)]
    return [one for one in steps if one <= top][-1::-2][2::-1]


AT: Spec = {
    "longitude": {"field": "x", "type": "quantitative"},
    "latitude": {"field": "y", "type": "quantitative"},
}


def _at(place: Point, **more: object) -> Spec:
    return {"x": place[0], "y": place[1], **more}


def _told(prefix: str, sheet: Sheet) -> list[Spec]:
    return [
        {"field": f"{prefix}name", "title": " "},
        {"field": f"{prefix}value", "title": sheet.unit, "format": ",d"},
    ]


def _named(codes: Sequence[str], around: Frame, sheet: Sheet) -> list[Spec]:
    """The names for which there is room: first a light edge, then the ink."""
    named = [(sheet.words.country(code), places()[code]) for code in codes]
    found = labels(named, around, sheet.width, sheet.height)
    data = {"values": [_at(one.place, name=one.name) for one in found]}
    ink = {"type": "text", "fontSize": 12, "fontWeight": 600, "color": POINT, "baseline": "middle"}
    edge = {**ink, "stroke": "#ffffff", "strokeWidth": 3, "strokeOpacity": 0.85, "strokeJoin": "round"}
    return [{"data": data, "mark": mark, "encoding": {**AT, "text": {"field": "name"}}} for mark in (edge, ink)]


def _map(sheet: Sheet, around: Frame, layers: list[Spec]) -> Spec:
    land = {
        "data": {"url": sheet.world, "format": {"type": "topojson", "feature": "countries"}},
        "mark": {"type": "geoshape", "fill": LAND, "stroke": BORDER, "strokeWidth": 0.6, "clip": True},
    }
    return {
        "$schema": SCHEMA,
        "description": sheet.title,
        "width": sheet.width,
        "height": sheet.height,
        "padding": 0,
        "view": {"stroke": BORDER, "fill": SEA},
        "config": CONFIG,
        "usermeta": {"title": sheet.title, "notes": list(sheet.notes)},
        "projection": {
            "type": "mercator",
            "rotate": [-around.longitude, 0, 0],
            "center": [0, around.latitude],
            "scale": around.scale,
            "translate": [sheet.width / 2, sheet.height / 2],
        },
        "layer": [land, *layers],
    }


def width_of(text: str | None) -> int:
    """The width that a page asks for, within what a map can be."""
    asked = int(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else WIDEST
    return max(NARROWEST, min(WIDEST, asked))
