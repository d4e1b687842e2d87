"""A stack of its own for what is thrown at it: other tests count what is there."""

from collections.abc import Iterator

import pytest

from deploy.local.ports import Ports
from deploy.local.stack import Stack
from tests.conftest import watched
from tests.e2e.outside import Outside
from tests.fuzz.world import World, make

SETTINGS = {
    # Most ids that are asked for were never given: nothing to wait for.
    "VRS_SUBMISSION_WAIT_SECONDS": "0.05",
    # "Not now" would be a fault of ours here, and a machine that stands still for a while is none.
    "VRS_GATEWAY_EFFECT_SECONDS": "20",
    "VRS_GATEWAY_ANSWER_SECONDS": "25",
    # Sessions over plain HTTP, from a client that is no browser.
    "VRS_PORTAL_SECURE_COOKIES": "false",
    # On topics that only services write, the broker keeps foreign writers out; here one writes nothing but garbage.
    "VRS_HALT_AFTER_INVALID": "1000000000",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[World]:
    """A running stack with some data."""
    stack = Stack(tmp_path_factory.mktemp("fuzz"), Ports.free(), settings=SETTINGS)
    with watched(stack, request.config):
        stack.start()
        outside = Outside(stack)
        yield make(outside)
        outside.close()
