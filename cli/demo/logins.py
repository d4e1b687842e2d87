"""The demonstration's logins: one per role, made on the first start and kept beside the stack's other secrets."""

import json
import os
from pathlib import Path

from cli.demo.story import JOINED
from cli.identity import Who
from cli.settings import CliSettings
from cli.terminal import console, table
from cli.users import make, with_accounts
from services.gateway.portal.accounts.passwords import generated
from services.gateway.portal.accounts.store import MongoAccounts

LOGINS = {
    "centre": "centre",
    "thailand": "focal-point:TH",
    "thailand-analyst": "analyst:TH",
    "indonesia": f"focal-point:{JOINED}",
    "indonesia-immigration": f"agency:{JOINED}:{JOINED}-IMM",
    "operator": "operator",
}


def logins(told: CliSettings) -> dict[str, str]:
    """Login to password; makes the users that are not there yet. A second run finds the same ones."""
    file = told.var / "logins"
    there: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    passwords = {login: there.get(login) or generated() for login in LOGINS}
    if passwords != there:
        _write(file, passwords)

    async def ensure(accounts: MongoAccounts) -> None:
        for login, who in LOGINS.items():
            # Whoever has changed a password keeps it.
            if await accounts.user(login) is None:
                await make(accounts, login, Who.parse(who), passwords[login])

    with_accounts(told, ensure)
    return passwords


def show(told: CliSettings) -> None:
    """Print where the portal is, and one login per role."""
    found = logins(told)
    console().print(f"\n[bold]The portal is at[/bold] {told.gateway_url}")
    table(
        "its logins (of this demonstration alone)",
        ("login", "password", "role"),
        # Not with colons: the terminal would take `:ID:` for an emoji.
        ((login, password, LOGINS[login].replace(":", " ")) for login, password in found.items()),
    )


def _write(file: Path, passwords: dict[str, str]) -> None:
    """For the owner only, and complete or not there at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        json.dump(passwords, opened, indent=1)
    partial.replace(file)
