"""The rate limit: off unless set, and each bearer's own."""

from dataclasses import replace

import httpx

from services.gateway.api import build_app
from services.gateway.rate import Rate
from tests.unit.gateway.conftest import World


def test_without_a_limit_every_call_is_taken() -> None:
    assert all(Rate(0).takes("a") for _ in range(1000))


def test_each_subject_has_its_own_share() -> None:
    rate = Rate(2)
    assert [rate.takes("a") for _ in range(3)] == [True, True, False]
    assert rate.takes("b")


async def test_more_calls_than_the_limit_are_429_with_the_time_to_try_again(world: World) -> None:
    app = build_app(replace(world.gateway, rate=Rate(1)), {})
    headers = {"Authorization": f"Bearer {world.token('centre')}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        answers = [await client.get("/api/v1/cycles", headers=headers) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 429]
    assert int(answers[1].headers["retry-after"]) > 0
