"""The HTTP interface as the commands use it: one method a call, and problems as sentences."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from cli.identity import Who, token
from cli.settings import CliSettings, Refused

WAIT_SECONDS = 30.0
PENDING = frozenset({"received", "recorded"})
TRY_AGAIN = frozenset({httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS})

Json = Any
Query = Mapping[str, str | int | None]


class Problem(Refused):
    """The gateway said no. ``status`` and ``body`` are its answer (RFC 9457)."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.body = body
        lines = [f"{status} {body.get('title', '')}: {body.get('detail', '')}".rstrip(": ")]
        lines += [
            f"  {error.get('pointer') or '-'}  {error.get('code')}: {error.get('message')}"
            for error in body.get("errors", ())
        ]
        super().__init__("\n".join(lines))


class Gateway:
    """The gateway, for one speaker. Close it, or use it as a context manager."""

    def __init__(self, told: CliSettings, who: Who, transport: httpx.BaseTransport | None = None) -> None:
        self._client = httpx.Client(
            base_url=f"{told.gateway_url}/api/v1",
            headers={"Authorization": f"Bearer {token(told, who)}"},
            timeout=15.0,
            transport=transport,
        )

    def __enter__(self) -> "Gateway":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, query: Query | None = None) -> Json:
        return self._call("GET", path, params={k: v for k, v in (query or {}).items() if v is not None})

    def patch(self, path: str, body: Json) -> Json:
        return self._call("PATCH", path, json=body)

    def put(self, path: str, body: Json) -> Json:
        return self._call("PUT", path, json=body)

    def post(self, path: str, body: Json, key: str | None = None) -> Json:
        return self._call("POST", path, json=body, headers={"Idempotency-Key": key} if key else {})

    def items(self, path: str, query: Query | None = None) -> Iterator[Json]:
        """Every item of a list, page by page."""
        cursor = None
        while True:
            page = self.get(path, {**(query or {}), "cursor": cursor})
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def submit(self, report: Json, key: str | None = None) -> str:
        """The submission's id, once Kafka has it."""
        return str(self.post("/submissions", report, key)["id"])

    def status(self, submission: str) -> Json:
        return self.get(f"/submissions/{submission}")

    def wait(self, submission: str, seconds: float = WAIT_SECONDS) -> Json:
        """The submission once it is judged. Raises Refused when that takes longer."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                found = self.status(submission)
            except Problem as problem:
                if problem.status != httpx.codes.NOT_FOUND or time.monotonic() > deadline:
                    raise
                found = {"state": "received"}
            if found["state"] not in PENDING:
                return found
            if time.monotonic() > deadline:
                raise Refused(f"waited {seconds:g} s for submission {submission} to be judged; it is {found['state']}")
            time.sleep(0.1)

    def _call(self, method: str, path: str, **rest: Any) -> Json:
        """A call that may be repeated is repeated, for half a minute, where the gateway says "not now"."""
        repeatable = method != "POST" or rest["headers"]
        deadline = time.monotonic() + (WAIT_SECONDS if repeatable else 0)
        while True:
            try:
                answer = self._client.request(method, path, **rest)
            except httpx.HTTPError as error:
                raise Refused(f"no answer from {self._client.base_url}: {error!r}") from None
            if answer.is_success:
                return answer.json() if answer.content else None
            if answer.status_code not in TRY_AGAIN or time.monotonic() > deadline:
                raise Problem(answer.status_code, _body(answer))
            time.sleep(0.5)


def _body(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {"title": answer.reason_phrase}
    return body if isinstance(body, dict) else {"title": answer.reason_phrase}
