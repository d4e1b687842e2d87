"""What the command line is told: the environment, then the file `$VRS_VAR/env` that a running stack has written."""

import os
from pathlib import Path

import typer

from runtime.settings import ServiceSettings

ROOT = Path(__file__).resolve().parents[1]


class CliSettings(ServiceSettings):
    """Addresses and keys of the system that the commands speak to."""

    var: Path = Path("var")
    gateway_url: str = "http://127.0.0.1:8080"
    token_key_file: Path | None = None
    mail_dir: Path | None = None
    replication_factor: int = 1

    @property
    def mails(self) -> Path:
        return self.mail_dir or self.var / "mail"

    @property
    def token_key(self) -> bytes:
        """The key that signs tokens. Raises Refused when there is none."""
        file = self.token_key_file or self.var / "token.key"
        try:
            return file.read_bytes().strip()
        except OSError as error:
            raise Refused(
                f"no token key at {file} ({error.strerror}): start the stack, or set VRS_TOKEN_KEY_FILE"
            ) from None


class Refused(Exception):
    """The command cannot do what it was asked to; the message says why, in words its caller can act on."""


def settings() -> CliSettings:
    """The environment goes before the stack's file: whoever sets a variable by hand means it."""
    var = ROOT / os.environ.get("VRS_VAR", "var")
    return CliSettings(_env_file=var / "env", var=var)


def fail(message: str) -> typer.Exit:
    """Say on standard error what is wrong; raise what this gives back to end with 1."""
    typer.secho(message, fg=typer.colors.RED, err=True)
    return typer.Exit(1)
