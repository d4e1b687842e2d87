"""`vrs submit FILE` and `vrs status ID`: a report goes in, and what became of it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli import findings, report_file
from cli.gateway import WAIT_SECONDS, Gateway
from cli.identity import Who
from cli.settings import Refused, settings
from cli.terminal import table

As = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="ROLE[:PARTICIPANT[:AGENCY]]", help="By default the report's own focal point or agency."
    ),
]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until it is judged.")]
Seconds = Annotated[float, typer.Option("--timeout", min=0.1, help="How long to wait.")]
GOOD = frozenset({"received", "recorded", "accepted", "verified", "superseded", "withdrawn"})


def register(app: typer.Typer) -> None:
    app.command("submit")(submit)
    app.command("status")(status)


def submit(
    file: Annotated[Path, typer.Argument(help="A report as JSON.")],
    speaker: As = None,
    key: Annotated[str | None, typer.Option("--key", help="Idempotency-Key: the same key sends it once.")] = None,
    wait: Wait = False,
    seconds: Seconds = WAIT_SECONDS,
) -> None:
    """Send FILE; print the submission's id once the system has it for good."""
    report = report_file.read(file)
    with Gateway(settings(), Who.parse(speaker) if speaker else owner(report)) as gateway:
        submission = gateway.submit(report, key)
        print(submission)
        if wait:
            show(gateway.wait(submission, seconds))


def status(
    submission: Annotated[str, typer.Argument(metavar="ID")],
    speaker: Annotated[str, typer.Option("--as", metavar="ROLE[:PARTICIPANT[:AGENCY]]")] = "centre",
    wait: Wait = False,
    seconds: Seconds = WAIT_SECONDS,
) -> None:
    """Print what became of a submission. Exit code 1 where it was rejected or waits for its sender."""
    with Gateway(settings(), Who.parse(speaker)) as gateway:
        show(gateway.wait(submission, seconds) if wait else gateway.status(submission))


def owner(report: dict[str, Any]) -> Who:
    """Who sends this report when nobody is named. Raises Refused where the report does not say whose it is."""
    reporter, agency = report.get("reporter"), report.get("agency")
    if not isinstance(reporter, str):
        raise Refused("the report names no reporter; say who sends it: --as focal-point:TH")
    return Who.parse(f"agency:{reporter}:{agency}" if agency else f"focal-point:{reporter}")


def show(found: dict[str, Any]) -> None:
    steps = ((step["at"], step["state"], step["service"]) for step in found["timeline"])
    revision = f", revision {found['revision']}" if found.get("revision") else ""
    table(f"{found['reporter']} {found['cycle']}{revision}", ("at", "state", "service"), steps)
    findings.show(found["state"], found["findings"])
    if found["state"] not in GOOD:
        raise typer.Exit(1)
