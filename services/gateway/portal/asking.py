"""Asking the interface's own functions on behalf of a visitor, with the very demands that their routes make.

A route's function is called as a function: no HTTP, no second copy of a rule. What the route demands before
(``needs``) is demanded here too, so that a page can do nothing that the same visitor's token could not.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from fastapi.routing import APIRoute

from services.gateway.api import ROUTERS
from services.gateway.ports import Gateway
from services.gateway.subject import Subject

T = TypeVar("T")


@cache
def routes() -> Mapping[Callable[..., Any], APIRoute]:
    """The routes of the interface by their functions."""
    return {one.endpoint: one for module in ROUTERS for one in module.router.routes if isinstance(one, APIRoute)}


async def ask(subject: Subject, gateway: Gateway, function: Callable[..., Awaitable[T]], **given: Any) -> T:
    """What ``function`` of ``services.gateway.api`` answers to ``subject``; its parameters by name.

    Raises Problem as the route would, and NotNow. KeyError for a function that is no route.
    """
    for demand in routes()[function].dependencies:
        assert demand.dependency is not None  # noqa: S101 - of FastAPI's type, never of its values
        await demand.dependency(caller=subject)
    ports = {"caller": subject, "gateway": gateway}
    wanted = inspect.signature(function).parameters
    return await function(**{name: port for name, port in ports.items() if name in wanted}, **given)
