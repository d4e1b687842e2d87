"""The alerts name metrics that there are, by labels that these have, and say what to do."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.metrics import METRICS

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "deploy" / "prometheus" / "alerts.yml"
GUIDE = ROOT / "docs" / "guides" / "operations.md"
ALERTS: list[dict[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))["groups"][0]["rules"]
OF_THE_SCRAPE = {"job", "instance"}
OTHERS = {"up", "process_start_time_seconds"}
"""Prometheus's own, and its client's."""
ENDINGS = ("_count", "_sum", "_bucket")


def base(name: str) -> str:
    """The metric that a series is of: a histogram has several."""
    return next((name.removesuffix(one) for one in ENDINGS if name.endswith(one)), name)


def named(expression: str) -> set[str]:
    return {base(one) for one in re.findall(r"\b(?:vrs_|up\b|process_)\w*", expression)}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda one: str(one["alert"]))
def test_an_alert_names_metrics_that_there_are(alert: dict[str, Any]) -> None:
    found = named(alert["expr"])
    assert found
    assert found <= METRICS.keys() | OTHERS


@pytest.mark.parametrize("alert", ALERTS, ids=lambda one: str(one["alert"]))
def test_an_alert_asks_for_labels_that_its_metrics_have(alert: dict[str, Any]) -> None:
    labels = {label for name in named(alert["expr"]) & METRICS.keys() for label in METRICS[name].labels}
    groups = re.findall(r"\b(?:by|on) \(([^)]*)\)", alert["expr"])
    asked = {label.strip() for group in groups for label in group.split(",")}
    asked |= set(re.findall(r"(\w+)(?:=~|!~|!=|=)\"", alert["expr"]))
    assert asked <= labels | OF_THE_SCRAPE


@pytest.mark.parametrize("alert", ALERTS, ids=lambda one: str(one["alert"]))
def test_an_alert_says_what_is_wrong_and_what_to_do(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("page", "warn")
    assert alert["annotations"].keys() == {"summary", "action"}
    # What an expression groups by is all that is left for the sentence to say.
    kept = re.findall(r"\bby \(([^)]*)\)", alert["expr"])
    said = set(re.findall(r"\$labels\.(\w+)", alert["annotations"]["summary"]))
    assert said <= {label.strip() for group in kept for label in group.split(",")} | OF_THE_SCRAPE


def test_the_alert_about_a_service_that_is_gone_says_which_one() -> None:
    # Of `absent` over a comparison no label is left: it has to be put back, or five services are one nameless alert.
    [gone] = [alert["expr"] for alert in ALERTS if alert["alert"] == "ServiceDown"]
    absent = re.findall(r'absent\(up{job="(\w+)"} == 1\)', gone)
    said = re.findall(r'label_replace\(absent\(up{job="(\w+)"} == 1\), "job", "(\w+)", "", ""\)', gone)
    services = sorted(path.parent.name for path in (ROOT / "services").glob("*/__main__.py"))
    assert sorted(absent) == services
    assert said == [(one, one) for one in absent]


@pytest.mark.parametrize("alert", ALERTS, ids=lambda one: str(one["alert"]))
def test_the_guide_says_what_to_do_about_an_alert(alert: dict[str, Any]) -> None:
    rows = GUIDE.read_text("utf-8").partition("## When something is wrong")[2].splitlines()
    signs = [row.split("|")[1] for row in rows if row.startswith("| ")]
    assert any(f"`{alert['alert']}`" in sign for sign in signs)
