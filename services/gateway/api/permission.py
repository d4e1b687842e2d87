"""Refusing: the two ways in which a route says that something may not be done."""

import asyncio
from collections.abc import Iterable
from typing import Any

from fastapi import Depends

from contracts.findings import Finding
from services.gateway.api.route import Caller
from services.gateway.intake import personal_data
from services.gateway.problems import Problem, not_found
from services.gateway.rules import Action, Target, ever, may
from services.gateway.subject import Subject


def needs(action: Action) -> Any:
    """For a route's ``dependencies``: a role that may never do ``action`` hears so before its body is looked at."""

    async def role_allows(caller: Caller) -> None:
        if not ever(caller, action):
            raise _forbidden(caller)

    return Depends(role_allows)


def demand(caller: Subject, action: Action, target: Target) -> None:
    """Go on only if ``caller`` may. For what is named by the request alone, so that a 403 tells nothing new."""
    if not may(caller, action, target):
        raise _forbidden(caller)


def _forbidden(caller: Subject) -> Problem:
    return Problem(403, f"The role {caller.role} may not do this here.")


def demand_sight(caller: Subject, action: Action, target: Target) -> None:
    """The same for what is looked up: it answers as if it did not exist."""
    if not may(caller, action, target):
        raise not_found()


def refuse(errors: Iterable[Finding], detail: str) -> None:
    """A 422 if there are any errors."""
    found = list(errors)
    if found:
        raise Problem(422, detail, found)


async def demand_no_personal_data(value: object) -> None:
    """Free text of any kind: no person may be in it."""
    # In a thread: 1 MB of it is looked through for a second, and others are waiting.
    refuse(await asyncio.to_thread(personal_data, value), "The text seems to hold personal data. Nothing was stored.")
