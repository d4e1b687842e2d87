"""`vrs`: the commands of the system, one module each."""

import logging
import sys
from types import ModuleType

import typer
from aiokafka.errors import KafkaError

from cli import (
    aggregate_commands,
    deadletters,
    mails,
    submissions,
    token,
    topics,
    users,
    validate,
)
from cli.backup import command as backup
from cli.demo import command as demo
from cli.settings import Refused, fail
from runtime.mongo import PyMongoError
from runtime.outcome import NotNow


class Polite(typer.core.TyperGroup):
    """Commands end with a sentence and exit code 1 where they cannot go on, never with a stack trace."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]  # click's Context is typer's
        # The drivers tell of every connection that failed, and then raise it: once is enough.
        logging.getLogger("aiokafka").addHandler(logging.NullHandler())
        try:
            return super().invoke(ctx)
        except Refused as refused:
            raise fail(str(refused)) from None
        except KafkaError as error:
            raise fail(f"Kafka does not answer or refuses: {error!r}") from None
        except PyMongoError as error:
            # The driver goes on with its timeouts and its whole view of the servers.
            said = str(error).partition(" (configured")[0]
            raise fail(f"MongoDB does not answer or refuses: {said:.300}") from None
        except NotNow as error:
            raise fail(f"not now, try again later: {error!s:.300}") from None


app = typer.Typer(
    cls=Polite,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="VRS-MSRC: returns in, figures, notices and answers out.",
)
COMMANDS: tuple[ModuleType, ...] = (token, validate, submissions, mails, backup, demo)

for module in COMMANDS:
    module.register(app)
app.add_typer(topics.app, name="topics")
app.add_typer(deadletters.app, name="deadletters")
app.add_typer(aggregate_commands.app, name="aggregates")
app.add_typer(users.app, name="users")

if __name__ == "__main__":
    sys.exit(app(prog_name="vrs"))
