"""`vrs token`: a token for the local stack. In production an identity provider gives them."""

from datetime import timedelta
from typing import Annotated

import typer

from cli import identity
from cli.settings import settings


def register(app: typer.Typer) -> None:
    app.command("token")(print_token)


def print_token(
    speaker: Annotated[str, typer.Option("--as", metavar="ROLE[:PARTICIPANT[:AGENCY]]", help="As `focal-point:TH`.")],
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 30, help="How long it is good for.")] = 12,
) -> None:
    """Print a bearer token, signed with the stack's key."""
    print(identity.token(settings(), identity.Who.parse(speaker), timedelta(hours=hours)))
