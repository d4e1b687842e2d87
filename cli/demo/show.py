"""What the demonstration ends with: a State's figures, a route, the mails that went out, and what to try."""

from pathlib import Path
from typing import Any

from cli.demo.cycles import EXTENDED, LATE, MISSING, OVERDUE, REJECTED, SECOND, Calendar
from cli.demo.load import until
from cli.demo.story import EXPLAINED, JOINED
from cli.gateway import Gateway
from cli.identity import Who, token
from cli.mails import messages
from cli.settings import CliSettings
from cli.terminal import console, table

ROUTE = "AF>PK>MY>ID"
CORRIDORS = ("AF>PK", "PK>MY", "MY>ID")
SPEAKERS = ("centre", "focal-point:TH", "agency:ID:ID-IMM", "analyst:TH", "operator")
MAILS_SHOWN = 20
Row = dict[str, Any]


def everything(told: CliSettings, calendar: Calendar) -> None:
    """Wait for the last figures and mails, and print. Raises Refused where one does not arrive."""
    with Gateway(told, Who.parse("focal-point:TH")) as thailand:
        figures(thailand)
        route(thailand)
    with Gateway(told, Who.parse("centre")) as centre:
        completeness(centre, calendar)
    notices(told, calendar)
    what_to_try(told)


def rows(gateway: Gateway, dimension: str, **query: str) -> list[Row]:
    found: list[Row] = gateway.get(f"/aggregates/{dimension}", {"period": SECOND, **query})["rows"]
    return found


def figures(gateway: Gateway) -> None:
    """Illegal entries into Thailand by citizenship, and Canada's figure from the screens."""

    def missing() -> str | None:
        has_canada = any("CA" in row["reporters"] for row in rows(gateway, "mode_and_last_exit", member="sea|TH"))
        return None if has_canada and own() else "not all of the figures are there"

    def own() -> list[Row]:
        return rows(gateway, "citizenship", indicator="illegal_entries", reporter="TH")

    until("the aggregates of Thailand and Canada", missing)
    columns = ("citizenship", "persons", "reported by", "complete")
    table(
        f"Illegal entries detected by Thailand, {SECOND}, by citizenship",
        columns,
        ((row["name"], row["value"], ", ".join(row["reporters"]), _yes(row["complete"])) for row in own()),
    )
    everybody = sorted(rows(gateway, "citizenship", indicator="illegal_entries"), key=lambda row: -int(row["value"]))
    table(
        f"The same over all States whose returns Thailand may see, {SECOND}: the most frequent",
        columns,
        ((row["name"], row["value"], ", ".join(row["reporters"]), _yes(row["complete"])) for row in everybody[:8]),
    )
    by_sea = rows(gateway, "mode_and_last_exit", indicator="smuggled_migrants", member="sea|TH")
    table(
        f"Smuggled migrants who came by sea from Thailand, {SECOND}",
        ("way and country of last exit", "persons", "reported by"),
        ((row["name"], row["value"], ", ".join(row["reporters"])) for row in by_sea),
    )


def route(gateway: Gateway) -> None:
    """The route editor's route from Afghanistan, and its corridors."""
    found = {
        member: rows(gateway, dimension, indicator="routes", member=member)
        for dimension, members in (("route", (ROUTE,)), ("corridor", CORRIDORS))
        for member in members
    }
    table(
        f"A route and its corridors, {SECOND}",
        ("", "route or corridor", "persons", "reported by"),
        (
            ("route" if member == ROUTE else "corridor", row["name"], row["value"], ", ".join(row["reporters"]))
            for member, there in found.items()
            for row in there
        ),
    )


def completeness(centre: Gateway, calendar: Calendar) -> None:
    """Who has reported in the two current cycles."""
    for cycle in (calendar.half, calendar.quarter):
        whole = centre.get(f"/cycles/{cycle}/completeness")
        table(
            f"Cycle {cycle}: {whole['received']} of {whole['expected']} have reported",
            ("participant", "state", "due", "on time", "late", "overdue"),
            (
                (
                    one["participant"],
                    one["state"] or "-",
                    one["due_at"][:16].replace("T", " "),
                    _yes(one["on_time"]),
                    _yes(one["late"]),
                    _yes(one["overdue"]),
                )
                for one in whole["items"]
            ),
        )


def notices(told: CliSettings, calendar: Calendar) -> None:
    """Wait until one mail of each kind that the story must bring has gone out, then list the newest."""
    wanted = (
        (REJECTED, calendar.half, "report_rejected"),
        (MISSING, calendar.half, "reminder_3"),
        (EXTENDED, calendar.half, "extension_granted"),
        (OVERDUE, calendar.quarter, "overdue_1"),
        (LATE, calendar.quarter, "report_accepted"),
        (EXPLAINED, calendar.half, "report_accepted"),
        (JOINED, calendar.half, "report_accepted"),
        ("PK", SECOND, "correction_requested"),
        ("TH", SECOND, "cycle_complete"),
    )
    for code, cycle, kind in wanted:
        with Gateway(told, Who.parse(f"focal-point:{code}")) as gateway:

            def missing(gateway: Gateway = gateway, cycle: str = cycle, kind: str = kind) -> str | None:
                found = list(gateway.items("/notifications", {"cycle": cycle, "kind": kind}))
                states = [one["state"] for notice in found for one in notice["channels"] if one["kind"] == "email"]
                return None if "sent" in states else f"its mail is {states or 'not planned'}"

            until(f"the notice {kind} to the focal point of {code} about {cycle}", missing)
    found = messages(told.mails)
    subjects = {one["subject"]: one for one in found}
    table(
        f"Mails that went out: {len(found)}, the newest of {len(subjects)} kinds and cycles (all: vrs mail)",
        ("to", "subject"),
        ((", ".join(one["to"]), one["subject"]) for one in list(subjects.values())[-MAILS_SHOWN:]),
    )


def what_to_try(told: CliSettings) -> None:
    """Addresses, logins, and calls to copy."""
    out = console()
    here = f"{told.gateway_url}/api/v1"
    out.print(
        f"\n[bold]The interface is at[/bold] {here}  (described at {told.gateway_url}/openapi.json and /asyncapi.json)"
    )
    out.print(
        "[bold]Logins:[/bold] bearer tokens, good for 12 hours; more with `vrs token --as ROLE[:PARTICIPANT[:AGENCY]]`"
    )
    for speaker in SPEAKERS:
        print(f"\n{speaker}\n{token(told, Who.parse(speaker))}")
    vrs, curl = Path(".venv/bin/vrs"), 'curl -sH "Authorization: Bearer $TOKEN"'
    out.print("\n[bold]To try[/bold] (README.md has more):")
    print(
        f"""
  TOKEN=$({vrs} token --as focal-point:TH)
  {curl} '{here}/aggregates/citizenship?indicator=illegal_entries&period={SECOND}&member=KH'
  {curl} '{here}/aggregates/route?indicator=routes&period={SECOND}'
  {curl} '{here}/reports/TH/{SECOND}'
  curl -sH "Authorization: Bearer $({vrs} token --as centre)" '{here}/cycles/{SECOND}/completeness'
  {vrs} mail --to th.example --text
"""
    )


def _yes(value: object) -> str:
    return "yes" if value else "-"
