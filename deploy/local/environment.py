"""What the stack's processes and the command line are told: addresses and the token key."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from deploy.local import mongo
from deploy.local.ports import HOST, Ports
from deploy.local.services import SERVICES


def stack_environment(var: Path, ports: Ports) -> dict[str, str]:
    """The VRS_* variables of a stack; the same for every process in it."""
    addresses = {
        "VRS_KAFKA_BOOTSTRAP": f"{HOST}:{ports.kafka}",
        "VRS_MONGO_URL": mongo.url(ports.mongo),
        "VRS_SMTP_HOST": HOST,
        "VRS_SMTP_PORT": str(ports.smtp),
        "VRS_PORTAL_URL": f"http://{HOST}:{ports.gateway}/",
        "VRS_MAIL_DIR": str(var / "mail"),
        "VRS_TOKEN_KEY_FILE": str(var / "token.key"),
        "VRS_VAR": str(var),
    }
    for service in SERVICES:
        port = getattr(ports, service)
        addresses[f"VRS_{service.upper()}_PORT"] = str(port)
        addresses[f"VRS_{service.upper()}_URL"] = f"http://{HOST}:{port}"
    return addresses


def write_environment(var: Path, environment: dict[str, str]) -> None:
    """Writes `var/env` (KEY=VALUE lines), which the command line reads."""
    whole = "".join(f"{key}={value}\n" for key, value in sorted(environment.items()))
    partial = var / "env.partial"
    partial.write_text(whole)
    partial.replace(var / "env")


def make_token_key(var: Path) -> None:
    """Makes the key that signs tokens on the first start: 32 random bytes in base64url, for the owner only."""
    file = var / "token.key"
    if file.exists():
        return
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=")
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(key + b"\n")
