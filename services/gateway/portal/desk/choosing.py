"""The focal point's choice where sources give the same figure differently: one of them, or all added up. Pure."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from contracts.context import Overlap
from contracts.report import Report

SUM = "sum"
_FIGURE = {"rows": "value", "routes": "persons"}


def choosable(overlap: Overlap) -> bool:
    """Whether there are figures to choose from: a fee is a range, and is looked at in the draft itself."""
    return "/fees/" not in overlap.pointer and any(one is not None for one in overlap.values.values())


def chosen(joined: Report, overlaps: Iterable[Overlap], picks: Mapping[str, str]) -> dict[str, Any]:
    """The joined report with the figures that were picked. ``picks``: by pointer a source's code, or ``sum``.

    What was not picked, or names no source, stays as it is joined.
    """
    report = copy.deepcopy(joined.to_json())
    for one in overlaps:
        values = {code: value for code, value in one.values.items() if value is not None}
        pick = picks.get(one.pointer, "")
        if not choosable(one) or not (pick == SUM or pick in values):
            continue
        figure = sum(values.values()) if pick == SUM else values[pick]
        _, _, question, *place = one.pointer.split("/")
        answer = report["answers"][question]
        if place:
            answer[place[0]][int(place[1])][_FIGURE[place[0]]] = figure
        else:
            answer["value"] = figure
            answer.pop("nothing_to_report", None)
    return report
