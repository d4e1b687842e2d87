"""`vrs aggregates check|rebuild`: are the figures what the stored reports say, and make them anew."""

import asyncio
from typing import Annotated

import typer

from cli.settings import settings
from cli.terminal import table

app = typer.Typer(no_args_is_help=True, help="The aggregates against the stored reports.")


@app.command()
def check() -> None:
    """Recompute every figure from the stored reports by separate code and compare. Exit code 1 on a difference."""
    from cli.aggregates import check as compare

    differences = asyncio.run(compare(settings()))
    if differences:
        table(f"{len(differences)} differences", ("difference",), ((str(one),) for one in differences))
        raise typer.Exit(1)
    typer.secho("every figure is what the stored reports say", fg=typer.colors.GREEN)


@app.command()
def rebuild(
    force: Annotated[
        bool, typer.Option("--force", help="Take away what the topic does not tell of: damage, not a topic cut short.")
    ] = False,
) -> None:
    """Make every aggregate anew from the judged reports, while the system runs or not."""
    from cli.aggregates import rebuild as make_anew

    asyncio.run(make_anew(settings(), force=force))
    typer.secho("rebuilt", fg=typer.colors.GREEN)
