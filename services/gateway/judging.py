"""The published call of validation: judge a report without keeping it."""

import httpx
from pydantic import ValidationError

from contracts.events import ReportRecorded
from runtime.outcome import NotNow
from services.gateway.ports import Judgement


class RemoteJudge:
    """``POST {url}/judge``: the very rules that judge what is recorded."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        """``client``: with validation's address as its base and a time limit."""
        self._client = client

    async def judge(self, recorded: ReportRecorded) -> Judgement:
        """Raises NotNow when validation does not answer, or not as agreed."""
        body = recorded.model_dump_json(by_alias=True, exclude_unset=True)
        try:
            answer = await self._client.post("/judge", content=body, headers={"Content-Type": "application/json"})
            answer.raise_for_status()
            return Judgement.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError) as error:
            # The type alone: a validation error's text would repeat what stood in the answer.
            raise NotNow(f"validation's judgement: {type(error).__name__}") from error
