"""`vrs mail`: what the local mail sink got."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.settings import settings
from cli.terminal import table


def register(app: typer.Typer) -> None:
    app.command("mail")(mail)


def mail(
    to: Annotated[str | None, typer.Option("--to", help="Only mails to an address that holds this.")] = None,
    text: Annotated[bool, typer.Option("--text", help="The text of each as well.")] = False,
) -> None:
    """List the mails that went out, oldest first. On the local stack they go nowhere else."""
    found = [one for one in messages(settings().mails) if to is None or any(to in address for address in one["to"])]
    listing(found)
    if text:
        for one in found:
            print(f"\n--- {one['file']}  {one['subject']}\n{one['text']}")


def messages(folder: Path) -> list[dict[str, Any]]:
    """The sink's messages; none where it has taken none."""
    file = folder / "messages.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def listing(found: list[dict[str, Any]]) -> None:
    """Print mails one a line."""
    rows = ((one["at"][:19], ", ".join(one["to"]), one["subject"]) for one in found)
    table(f"mails ({len(found)})", ("at", "to", "subject"), rows)
