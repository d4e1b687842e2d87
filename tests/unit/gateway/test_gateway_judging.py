"""The call of validation: its answer, or "not now" whatever else comes."""

from datetime import UTC, datetime

import httpx
import pytest

from contracts.events import ReportRecorded
from runtime.outcome import NotNow
from services.gateway.judging import RemoteJudge

NOW = datetime(2013, 7, 1, tzinfo=UTC)
RECORDED = ReportRecorded.model_validate(
    {
        "submission_id": "s",
        "series": "TH|2013-H1",
        "participant": "TH",
        "cycle": "2013-H1",
        "revision": 1,
        "sender": {"role": "focal-point", "participant": "TH"},
        "report": {"template": "ort/1", "reporter": "TH", "cycle": "2013-H1", "answers": {}},
        "context": {"received_at": NOW},
    }
)


def judge(answer: httpx.Response | Exception) -> RemoteJudge:
    def handle(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/judge"
        assert ReportRecorded.model_validate_json(request.content) == RECORDED
        if isinstance(answer, Exception):
            raise answer
        return answer

    return RemoteJudge(httpx.AsyncClient(transport=httpx.MockTransport(handle), base_url="http://validation"))


async def test_the_judgement_is_given_as_it_comes() -> None:
    finding = {"code": "total.missing", "severity": "warning", "message": "There are parts but no total."}
    found = await judge(httpx.Response(200, json={"outcome": "accepted", "findings": [finding]})).judge(RECORDED)
    assert (found.outcome, found.findings[0].code) == ("accepted", "total.missing")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("away"),
        httpx.ReadTimeout("slow"),
        httpx.Response(503),
        httpx.Response(422, json={}),
        httpx.Response(200, text="not json"),
        httpx.Response(200, json={"outcome": "perhaps", "findings": []}),
    ],
)
async def test_anything_else_is_not_now(answer: httpx.Response | Exception) -> None:
    with pytest.raises(NotNow):
        await judge(answer).judge(RECORDED)
