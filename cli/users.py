"""`vrs users add|list|password|end`: who may sign in to the portal."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar, cast

import typer

from cli.identity import Who
from cli.settings import CliSettings, Refused, settings
from cli.terminal import table
from runtime import mongo
from runtime.outcome import NotNow
from services.gateway.portal.accounts.passwords import digest_now, generated
from services.gateway.portal.accounts.rules import LOGIN
from services.gateway.portal.accounts.store import MongoAccounts
from services.gateway.portal.accounts.user import User, login_of
from services.gateway.subject import Role

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True, help="Who may sign in to the portal.")
Login = Annotated[str, typer.Argument(help="Names a desk, never a person: th-desk.")]


@app.command()
def add(
    login: Login,
    speaker: Annotated[str, typer.Option("--as", metavar="ROLE[:PARTICIPANT[:AGENCY]]", help="As `focal-point:TH`.")],
) -> None:
    """Make a user, and print its password: once, it is kept nowhere."""
    password = generated()
    with_accounts(settings(), lambda accounts: make(accounts, login, Who.parse(speaker), password))
    print(password)


@app.command()
def password(login: Login) -> None:
    """Give a user a new password and print it; the user is signed out everywhere."""
    new = generated()

    async def change(accounts: MongoAccounts) -> None:
        user = await known(accounts, login)
        await kept(accounts, user.with_password(digest_now(new), now()))

    with_accounts(settings(), change)
    print(new)


@app.command()
def end(login: Login) -> None:
    """A user may sign in no more, and is signed out. Ending it twice is ending it once."""

    async def stop(accounts: MongoAccounts) -> None:
        user = await known(accounts, login)
        if user.active:
            await kept(accounts, user.changed(now(), active=False))

    with_accounts(settings(), stop)


@app.command("list")
def show() -> None:
    """List the users, without anything secret."""
    found = with_accounts(settings(), lambda accounts: accounts.users())
    table(
        f"users ({len(found)})",
        ("login", "role", "participant", "agency", "active"),
        ((x.login, x.role, x.participant or "-", x.agency or "-", "yes" if x.active else "no") for x in found),
    )


async def make(accounts: MongoAccounts, login: str, who: Who, password: str) -> User:
    """Keep a new user. Raises Refused where the login is taken or is none."""
    name = login_of(login)
    if not LOGIN.fullmatch(name):
        raise Refused(f"{login!r} is no login: 3 to 60 of a-z, 0-9, dot, underscore, hyphen, beginning with a letter")
    at = now()
    user = User(
        login=name,
        digest=digest_now(password),
        role=cast(Role, who.role),
        participant=who.participant,
        agency=who.agency,
        language=None,
        active=True,
        revision=1,
        password_at=at,
        changed_at=at,
    )
    _ = user.subject  # raises where role and participant do not fit
    if not await accounts.put(user):
        raise Refused(f"there is a user {name} already: `vrs users password {name}` gives it a new password")
    return user


async def known(accounts: MongoAccounts, login: str) -> User:
    found = await accounts.user(login_of(login))
    if found is None:
        raise Refused(f"there is no user {login_of(login)}")
    return found


async def kept(accounts: MongoAccounts, user: User) -> None:
    if not await accounts.put(user):
        raise Refused(f"somebody changed {user.login} in the same moment: try again")


def now() -> datetime:
    """In whole milliseconds, as the database keeps it."""
    at = datetime.now(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def with_accounts(told: CliSettings, work: Callable[[MongoAccounts], Awaitable[T]]) -> T:
    """Do ``work`` on the users of the system. Raises Refused where the database does not answer."""

    async def run() -> T:
        return await work(MongoAccounts(mongo.connect(told)))

    try:
        return asyncio.run(run())
    except NotNow as error:
        raise Refused(f"the users cannot be reached: {error}") from None
