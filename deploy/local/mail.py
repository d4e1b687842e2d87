"""The mail sink as a component of the stack."""

from __future__ import annotations

import sys
from pathlib import Path

from deploy.local.component import Component
from deploy.local.ports import HOST, Ports, not_listening


def component(var: Path, ports: Ports) -> Component:
    """The mail sink with its messages under `var/mail`."""
    return Component(
        name="mail",
        command=(sys.executable, "-m", "deploy.local.mail_sink"),
        port=ports.smtp,
        missing=lambda: not_listening(ports.smtp),
        environment={"VRS_SMTP_HOST": HOST, "VRS_SMTP_PORT": str(ports.smtp), "VRS_MAIL_DIR": str(var / "mail")},
        grace=5.0,
    )
