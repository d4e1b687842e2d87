"""``POST /judge``: the same judgement as on the topic, without a trace."""

from collections.abc import AsyncIterator

import httpx
import pytest

from contracts.wire import MAX_EVENT_BYTES
from services.validation import api
from tests.unit.validation.returns import CITIZENSHIP, TOTAL, recorded, rows


async def _ready() -> bool:
    return True


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(api.build(_ready))
    async with httpx.AsyncClient(transport=transport, base_url="http://validation") as one:
        yield one


async def test_a_good_report_is_accepted(client: httpx.AsyncClient) -> None:
    answer = await client.post("/judge", content=recorded({TOTAL: {"value": 5}}).model_dump_json(by_alias=True))
    assert answer.json() == {"outcome": "accepted", "findings": []}


async def test_findings_are_said_as_the_topic_says_them(client: httpx.AsyncClient) -> None:
    event = recorded({TOTAL: {"value": 5}, CITIZENSHIP: rows("citizenship", KH=6)})
    answer = (await client.post("/judge", content=event.model_dump_json(by_alias=True))).json()
    assert answer["outcome"] == "needs_explanation"
    assert answer["findings"][0] == {
        "code": "sum.parts_above_total",
        "severity": "explain",
        "pointer": f"/answers/{CITIZENSHIP}",
        "question": CITIZENSHIP,
        "message": "The parts sum to 6, which is above the total of 5.",
        "suggestion": "say in a comment here why it is so, or correct the figures",
    }


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b'{"report": "secret"}', b"[" * 50_000, b'{"a": NaN}'])
async def test_what_is_no_recorded_report_is_refused_and_not_repeated(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/judge", content=body)
    assert answer.status_code == 422
    assert "secret" not in answer.text


async def test_more_than_an_event_may_hold_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/judge", content=b" " * (MAX_EVENT_BYTES + 1))).status_code == 413


async def test_health_and_metrics_are_there(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).json() == {"ready": True, "checks": {"kafka": True}}
    assert (await client.get("/metrics")).status_code == 200
