"""`vrs demo`: fill a running system with the demonstration and show what came of it."""

from datetime import UTC, datetime

import typer

from cli.demo import logins, show
from cli.demo.cycles import calendar
from cli.demo.load import Loader
from cli.settings import settings


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo() -> None:
    """Load synthetic returns of the pilot's participants and show the figures, a route and the mails.

    A second run changes nothing. Exit code 1 where something does not arrive, with what was waited for.
    """
    told = settings()
    today = datetime.now(UTC).date()
    loader = Loader(told, lambda line: typer.echo(f"loaded: {line}"))
    show.everything(told, loader.everything(calendar(today)))
    logins.show(told)
