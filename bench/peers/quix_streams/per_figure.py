"""As Quix Streams' pages teach it: a record per figure, grouped by its cell, reduced to the total, into a sink."""

from collections.abc import Iterator
from typing import Any

from cells import Cells
from quixstreams import State
from told import application, read

FOLDED = (b"vrs.report.accepted.v1", b"vrs.report.withdrawn.v1")


def differences(
    event: dict[str, Any], _key: str, _timestamp: int, headers: list[tuple[str, bytes]], state: State
) -> Iterator[dict[str, Any]]:
    """What a return changes: for each cell that differs from the last return of its series, by how much."""
    if dict(headers).get("ce_type") not in FOLDED or event.get("agency"):
        return
    order = [event["revision"], event.get("judgement", 0)]
    last = state.get(event["series"], {"order": [0, 0], "figures": {}})
    if last["order"] >= order:
        return
    cycle, before = event["cycle"], last["figures"]
    after = {
        f"{cycle}|{dimension}|{member}|{indicator}": value
        for indicator, dimension, member, value in event.get("figures", ())
    }
    state.set(event["series"], {"order": order, "figures": after})
    for cell in before.keys() | after.keys():
        if difference := after.get(cell, 0) - before.get(cell, 0):
            yield {"cell": cell, "difference": difference}


def total(figure: dict[str, Any], state: State) -> dict[str, int]:
    """The cell's total after a difference."""
    now = state.get("total", 0) + figure["difference"]
    state.set("total", now)
    return {figure["cell"]: now}


def main() -> None:
    told = read()
    app = application(told)
    figures = app.dataframe(app.topic(told.topic, key_deserializer="str", value_deserializer="json"))
    figures = figures.apply(differences, stateful=True, expand=True, metadata=True).group_by("cell")
    figures.apply(total, stateful=True).sink(Cells(told.mongo, told.database))
    app.run()


if __name__ == "__main__":
    main()
