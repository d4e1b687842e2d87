"""Maps as Vega-Lite specifications: flows between countries, and amounts at countries. Pure.

The world's shapes come from our own server; what States report is drawn upon them. A country that the atlas does not
draw is left off the map and stays in the table.
"""

import itertools
from collections.abc import Sequence
from typing import Any

from services.gateway.dimensions import ROUTE_STEP
from services.gateway.portal.search.charts import CONFIG, SCHEMA, Spec
from services.gateway.portal.search.finding import Line
from services.gateway.portal.search.places import Frame, frame, places, way
from services.gateway.portal.search.wording import Words

WIDTH, HEIGHT = 900, 470
LAND, BORDER, SEA, FLOW, POINT = "#e9e4d8", "#a89f8c", "#f4f8fa", "#b2430b", "#072a33"
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


def flows(title: str, notes: Sequence[str], lines: Sequence[Line], unit: str, world: str, words: Words) -> Spec:
    """Routes or corridors as lines from country to country, as wide as their figures; the arrow says which way."""
    held = {step: value for step, value in corridors(lines).items() if all(code in places() for code in step)}
    largest = sorted(held.items(), key=lambda one: (-one[1], one[0]))[:MOST_FLOWS]
    around = frame([places()[code] for step, _ in largest for code in step], WIDTH, HEIGHT)
    top = largest[0][1] if largest else 1
    shapes, arrows = [], []
    for (start, end), value in largest:
        drawn = way(places()[start], places()[end], around)
        name = f"{words.country(start)} > {words.country(end)}"
        shapes.append(
            {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": drawn.points},
                "properties": {"name": name, "value": value},
            }
        )
        x, y = drawn.arrow
        arrows.append({"x": x, "y": y, "heading": drawn.heading, "value": value})
    codes = sorted({code for step, _ in largest for code in step})
    wide = {"type": "quantitative", "legend": None, "scale": {"domain": [0, top], "range": [1.4, 11]}}
    told = [{"field": "properties.name", "title": " "}, {"field": "properties.value", "title": unit, "format": ",d"}]
    return _map(
        title,
        notes,
        around,
        world,
        [
            {
                "data": {"values": shapes},
                "mark": {"type": "geoshape", "filled": False, "stroke": FLOW, "strokeOpacity": 0.72, "clip": True},
                "encoding": {"strokeWidth": {"field": "properties.value", **wide}, "tooltip": told},
            },
            {
                "data": {"values": arrows},
                "mark": {"type": "point", "shape": "triangle-up", "filled": True, "color": POINT, "opacity": 1},
                "encoding": {
                    "longitude": {"field": "x", "type": "quantitative"},
                    "latitude": {"field": "y", "type": "quantitative"},
                    "angle": {"field": "heading", "type": "quantitative", "scale": None},
                    "size": {
                        "field": "value",
                        "type": "quantitative",
                        "legend": None,
                        "scale": {"domain": [0, top], "range": [50, 260]},
                    },
                },
            },
            *_named(codes, words),
        ],
    )


def amounts(title: str, notes: Sequence[str], lines: Sequence[Line], unit: str, world: str, words: Words) -> Spec:
    """A circle at each country, its area as its figure."""
    held = [one for one in lines if one.member in places()]
    around = frame([places()[one.member] for one in held], WIDTH, HEIGHT)
    held.sort(key=lambda one: -one.value)  # small circles lie on large ones
    values = [{"x": places()[one.member][0], "y": places()[one.member][1], "name": one.name, "value": one.value}
              for one in held]  # fmt: skip
    top = max((one.value for one in held), default=1)
    size = {"field": "value", "type": "quantitative", "scale": {"domain": [0, top], "range": [0, 1800]}}
    circles = {
        "data": {"values": values},
        "mark": {"type": "circle", "color": FLOW, "opacity": 0.6, "stroke": "#ffffff", "clip": True},
        "encoding": {
            **_at("x", "y"),
            "size": {**size, "legend": {"title": unit, "orient": "bottom", "values": [top // 4, top], "format": ",d"}},
            "tooltip": [{"field": "name", "title": " "}, {"field": "value", "title": unit, "format": ",d"}],
        },
    }
    largest = [one.member for one in sorted(held, key=lambda one: -one.value)[:12]]
    return _map(title, notes, around, world, [circles, *_named(largest, words, dots=False)])


def _at(x: str, y: str) -> Spec:
    return {"longitude": {"field": x, "type": "quantitative"}, "latitude": {"field": y, "type": "quantitative"}}


def _named(codes: Sequence[str], words: Words, *, dots: bool = True) -> list[Spec]:
    points: list[dict[str, Any]] = [{"x": places()[c][0], "y": places()[c][1], "name": words.country(c)} for c in codes]
    text = {
        "data": {"values": points},
        "mark": {"type": "text", "dy": -10 if dots else 0, "fontSize": 12, "fontWeight": 600, "color": POINT,
                 "stroke": "#ffffff", "strokeWidth": 3, "strokeOpacity": 0.85, "strokeJoin": "round"},
        "encoding": {**_at("x", "y"), "text": {"field": "name"}},
    }  # fmt: skip
    ink = {**text, "mark": {"type": "text", "dy": -10 if dots else 0, "fontSize": 12, "fontWeight": 600,
                            "color": POINT}}  # fmt: skip
    dot = {
        "data": {"values": points},
        "mark": {"type": "circle", "size": 46, "color": POINT, "opacity": 1},
        "encoding": _at("x", "y"),
    }
    return [*([dot] if dots else []), text, ink]


def _map(title: str, notes: Sequence[str], around: Frame, world: str, layers: list[Spec]) -> Spec:
    land = {
        "data": {"url": world, "format": {"type": "topojson", "feature": "countries"}},
        "mark": {"type": "geoshape", "fill": LAND, "stroke": BORDER, "strokeWidth": 0.6, "clip": True},
    }
    return {
        "$schema": SCHEMA,
        "description": title,
        "width": WIDTH,
        "height": HEIGHT,
        "config": {**CONFIG, "view": {"stroke": BORDER, "fill": SEA}},
        "usermeta": {"title": title, "notes": list(notes), "scales": True},
        "projection": {
            "type": "mercator",
            "rotate": [-around.longitude, 0, 0],
            "center": [0, around.latitude],
            "scale": around.scale,
            "translate": [WIDTH / 2, HEIGHT / 2],
        },
        "layer": [land, *layers],
    }
