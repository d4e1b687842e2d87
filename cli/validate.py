"""`vrs validate FILE`: judge a report before it is sent, without any server."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli import findings, report_file


def register(app: typer.Typer) -> None:
    app.command("validate")(validate)


def validate(file: Annotated[Path, typer.Argument(help="A report as JSON.")]) -> None:
    """Judge FILE by the rules of the system. The cycle is taken as open, the sender as the reporter.

    Exit code 1 where a blocker stands against it.
    """
    from services.validation.offline import check

    judged = check(report_file.read(file), datetime.now(UTC))
    findings.show(judged.outcome, judged.findings)
    if any(one.severity == "blocker" for one in judged.findings):
        raise typer.Exit(1)
