"""Charts as Vega-Lite specifications: values in, JSON out. Pure.

Colours: Okabe and Ito's, which people with any colour vision tell apart; series differ in shape as well. Titles are
in ``usermeta`` for pictures that are saved; on the page a heading says the same.
"""

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from services.gateway.portal.search.finding import Line

Spec = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
DEEP = "#0b5a6f"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (4, 4), (10, 2))
LONGEST_BARS = 15
"""More bars than that are a table, which stands beside."""
LONGEST_SERIES = 6
LETTER = 8
"""Pixels of a letter of the axis."""
WIDEST_PERIOD = 110
"""Pixels of July–December at the axis, its year below it."""
BREAK = "|"
"""Between the lines of a label: no name of a place or country has it."""
FONT = "system-ui, sans-serif"
WHOLE: Spec = {"format": ",d", "tickMinStep": 1}
"""Figures at an axis, as those in the table: nobody has to know what 2k is."""
CONFIG: Spec = {
    "font": FONT,
    "background": "#ffffff",
    "view": {"stroke": None},
    "axis": {"labelFontSize": 13, "titleFontSize": 13, "labelColor": "#0b0c0c", "titleColor": "#0b0c0c",
             "gridColor": "#dfe6e8", "domainColor": "#6b7a80", "tickColor": "#6b7a80"},
    "legend": {"labelFontSize": 13, "titleFontSize": 13, "symbolSize": 90, "labelLimit": 260},
    "title": {"fontSize": 15, "subtitleFontSize": 12, "anchor": "start", "subtitlePadding": 4},
}  # fmt: skip


def _whole(title: str, notes: Sequence[str], height: int, **rest: Any) -> Spec:
    return {
        "$schema": SCHEMA,
        "description": title,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "config": CONFIG,
        "usermeta": {"title": title, "notes": list(notes)},
        **rest,
    }


def bars(
    title: str,
    notes: Sequence[str],
    lines: Sequence[Line],
    unit: str,
    width: int,
    states: str,
    behind: Callable[[Line], str],
) -> Spec:
    """The largest members as bars from zero, each with its figure.

    ``width``: what the page has, in pixels. ``states``: the label of the States behind a figure; ``behind``: who.
    """
    shown = sorted(lines, key=lambda one: (-one.value, one.name))[:LONGEST_BARS]
    top = max((one.value for one in shown), default=1)
    room = 16 + LETTER * len(f"{top:,}")  # for the figure beside the longest bar
    wrapped = {one.name: _wrapped(one.name, width) for one in shown}
    step = 12 + 15 * max((len(lines) for lines in wrapped.values()), default=1)
    values = [
        {"label": BREAK.join(wrapped[one.name]), "name": one.name, "value": one.value, "states": behind(one)}
        for one in shown
    ]
    names = {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelExpr": f"split(datum.label, '{BREAK}')", "labelLimit": width // 2, "labelLineHeight": 15},
    }
    amount = {"field": "value", "type": "quantitative", "title": unit}
    told = [{"field": "name", "title": " "}, {"field": "value", "title": unit, "format": ",d"}]
    return _whole(
        title,
        notes,
        40 + step * max(1, len(shown)),
        data={"values": values},
        encoding={
            "y": names,
            "x": {
                **amount,
                "axis": {"tickCount": 4, **WHOLE},
                "scale": {"domainMin": 0, "domainMax": top / (1 - min(0.6, room / (width * 0.6))), "nice": False},
            },
        },
        layer=[
            {
                "mark": {"type": "bar", "color": DEEP, "height": {"band": 0.72}},
                "encoding": {"tooltip": [*told, {"field": "states", "title": states}]},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 13, "color": "#0b0c0c"},
                "encoding": {"text": {"field": "value", "type": "quantitative", "format": ",d"}},
            },
        ],
    )


def series(
    title: str, notes: Sequence[str], lines: Sequence[Line], columns: Sequence[str], unit: str, width: int
) -> Spec:
    """The largest members over time. A period without a figure has a gap, and no zero."""
    shown = sorted(lines, key=lambda one: (-one.value, one.name))[:LONGEST_SERIES]
    names = [one.name for one in shown]
    values = [
        {"name": one.name, "period": column, "value": found.value}
        for one in shown
        for column, found in zip(columns, one.series, strict=True)
        if found is not None
    ]
    colour = {"field": "name", "type": "nominal", "title": None, "sort": names,
              "scale": {"domain": names, "range": list(COLOURS[: len(names)])},
              "legend": {"orient": "bottom", "columns": 2 if width > 500 else 1}}  # fmt: skip
    period = {"field": "period", "type": "ordinal", "title": None, "scale": {"domain": list(columns)}}
    amount = {"field": "value", "type": "quantitative", "title": unit, "axis": {"tickCount": 5, **WHOLE}}
    told = [{"field": "name", "title": " "}, {"field": "period", "title": " "},
            {"field": "value", "title": unit, "format": ",d"}]  # fmt: skip
    if len(columns) <= 5:
        mark: Spec = {"type": "bar"}
        more: Spec = {"xOffset": {"field": "name", "sort": names}}
    else:
        mark = {"type": "line", "point": {"size": 70, "filled": True}, "strokeWidth": 2.5}
        more = {
            "shape": {"field": "name", "sort": names, "title": None, "scale": {"domain": names}},
            "strokeDash": {
                "field": "name",
                "sort": names,
                "title": None,
                "scale": {"domain": names, "range": [list(one) for one in DASHES[: len(names)]]},
            },
        }
    level = width / max(1, len(columns)) > WIDEST_PERIOD
    axis: Spec = {"axis": {"labelAngle": 0, "labelExpr": "split(datum.label, ' ')"} if level else {"labelAngle": -40}}
    encoding = {"x": {**period, **axis}, "y": amount, "color": colour, "tooltip": told, **more}
    return _whole(title, notes, 340, data={"values": values}, mark=mark, encoding=encoding)


def _wrapped(name: str, width: int) -> list[str]:
    """A name in lines of at most a third of the picture. A route is named whole: cut, several would look alike."""
    return textwrap.wrap(name, max(14, width // 3 // LETTER), break_long_words=False) or [name]
