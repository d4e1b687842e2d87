"""What is aimed at: each measure with its goal, and the one beyond it. Ratios, wherever a ratio says it."""

from dataclasses import dataclass
from typing import Any

from bench.spread import Spread, short


@dataclass(frozen=True)
class Goal:
    """``higher``: whether more is better. ``goal`` and ``stretch``: None where there is none."""

    name: str
    goal: float | None = None
    stretch: float | None = None
    higher: bool = False
    unit: str = ""

    def reached(self, value: float) -> str:
        """For people: which of the two, or neither."""
        for aim, word in ((self.stretch, "stretch"), (self.goal, "goal")):
            if aim is not None and (value >= aim if self.higher else value <= aim):
                return word
        return "" if self.goal is None else "missed"


GOALS = {
    "aggregation_of_ceiling": Goal("aggregation, figures/s ÷ decode ceiling", 0.30, 0.50, higher=True),
    "quix_wall": Goal("aggregation ÷ best Quix Streams variant, wall", 6, 10, higher=True),
    "quix_cpu": Goal("aggregation ÷ best Quix Streams variant, CPU seconds", 8, 12, higher=True),
    "quix_cpu_together": Goal("the same with Kafka and MongoDB", higher=True),
    "streams_tuned_wall": Goal("aggregation ÷ tuned Kafka Streams, wall", 2.5, 4, higher=True),
    "streams_tuned_cpu": Goal("aggregation ÷ tuned Kafka Streams, CPU seconds", 5, 8, higher=True),
    "streams_tuned_cpu_together": Goal("the same with Kafka and MongoDB", higher=True),
    "streams_figure_wall": Goal("aggregation ÷ Kafka Streams per figure, wall", 8, 12, higher=True),
    "streams_figure_cpu": Goal("aggregation ÷ Kafka Streams per figure, CPU seconds", 15, 25, higher=True),
    "streams_figure_cpu_together": Goal("the same with Kafka and MongoDB", higher=True),
    "faust_wall": Goal("aggregation ÷ Faust with tables, wall", higher=True),
    "faust_cpu": Goal("aggregation ÷ Faust with tables, CPU seconds", 40, 70, higher=True),
    "faust_cpu_together": Goal("the same with Kafka and MongoDB", higher=True),
    "short_feed": Goal("aggregation on the short feed beside Faust", higher=True, unit="figures/s"),
    "operations_per_figure": Goal("aggregation, database operations + messages out per figure", 0.05, 0.02),
    "longest_gap": Goal("longest gap between two flushes under full load", 0.5, 0.3, unit="s"),
    "visible_p99": Goal("submit → visible in the read API, 99th percentile at half of saturation", 1, 0.5, unit="s"),
    "replacement_stored": Goal("a replacement with 1,000,000 stored submissions ÷ with 10,000, wall", 1.15, 1.05),
    "replacement_stored_cpu": Goal("the same, CPU seconds", 1.15, 1.05),
    "second_version": Goal("second version ÷ first version, CPU seconds", 1.5, 1.1),
    "resend": Goal("identical resend ÷ first version, CPU seconds", 0.5, 0.2),
    "recovery": Goal("recovery after a kill, without the session timeout, per million cells", 3, 1.5, unit="s"),
    "recovery_further": Goal("the same for each further million between 1 and 5", 3, 1.5, unit="s"),
    "memory": Goal("memory per million live cells", 60, 35, unit="MB"),
    "gateway": Goal(
        "gateway, submissions/s ÷ a bare FastAPI route with the same acknowledgement", 0.6, 0.85, higher=True
    ),
    "gateway_cpu": Goal("the same, CPU seconds", higher=True),
    "validation": Goal("validation, figures a CPU second ÷ decoding + model building", 0.3, 0.6, higher=True),
    "read": Goal(
        "read API, requests/s ÷ the bare find of the same documents, a return changing every 0.25 s",
        0.5,
        0.8,
        higher=True,
    ),
    "read_still": Goal("the same while no return changes", higher=True),
    "pipeline_one": Goal("whole pipeline, HTTP → visible, one worker of each", higher=True, unit="figures/s"),
    "pipeline_two": Goal("whole pipeline, HTTP → visible, two workers of each", higher=True, unit="figures/s"),
}


@dataclass(frozen=True)
class Result:
    """What was measured; ``detail`` holds the numbers it is made of."""

    goal: str
    value: Spread
    detail: dict[str, Any]

    def row(self) -> str:
        """Of the table in docs/performance.md."""
        aim = GOALS[self.goal]
        unit = f" {aim.unit}" if aim.unit else ""
        aims = ["–" if one is None else f"{one:g}{unit}" for one in (aim.goal, aim.stretch)]
        return f"| {aim.name} | {self.value}{unit} | {aims[0]} | {aims[1]} | {aim.reached(self.value.median)} |"


def table(results: list[Result]) -> str:
    """Markdown."""
    head = "| measure | median (lowest–highest) | goal | stretch | reached |\n| --- | --- | --- | --- | --- |"
    return "\n".join([head, *(one.row() for one in results)])


def contestants(results: list[Result]) -> str:
    """Markdown: who has drained the topic, and at what cost; the product first."""
    columns = {
        "figures": "figures",
        "figures_per_second": "figures/s",
        "cpu_per_million_service": "CPU s a million: service",
        "cpu_per_million_kafka": "Kafka",
        "cpu_per_million_mongo": "MongoDB",
        "operations_and_messages_per_figure": "operations + messages a figure",
        "longest_gap": "longest gap, s",
        "memory_mib": "memory, MiB",
        "seconds_from_start": "s from the start",
    }
    told = {one.detail["who"]: one.detail for one in results if "who" in one.detail}
    lines = [f"| who | {' | '.join(columns.values())} |", f"| --- |{' --- |' * len(columns)}"]
    lines += [f"| {who} | {' | '.join(short(detail[name]) for name in columns)} |" for who, detail in told.items()]
    return "\n".join(lines)


def one(goal: str, *values: float, **detail: Any) -> Result:
    """A result of one or several measured values."""
    if goal not in GOALS:
        raise KeyError(goal)
    return Result(goal, Spread.of(values), rounded(detail))


def rounded(detail: dict[str, Any]) -> dict[str, Any]:
    """Numbers to four significant digits: no more is known of them."""
    return {name: float(f"{value:.4g}") if isinstance(value, float) else value for name, value in detail.items()}
