"""The commands' view of the interface: pages, problems, waiting, and sending again what may be sent again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.gateway import Gateway, Problem
from cli.identity import Who
from cli.settings import CliSettings, Refused

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def gateway(tmp_path: Path) -> Callable[[Answer], Gateway]:
    (tmp_path / "token.key").write_text("k" * 43)
    told = CliSettings(var=tmp_path, gateway_url="http://gateway.example")
    return lambda answer: Gateway(told, Who("centre"), httpx.MockTransport(answer))


def test_a_list_is_read_page_by_page(gateway: Callable[[Answer], Gateway]) -> None:
    pages: dict[str | None, dict[str, Any]] = {
        None: {"items": [1, 2], "next": "a"},
        "a": {"items": [3], "next": None},
    }
    with gateway(lambda request: httpx.Response(200, json=pages[request.url.params.get("cursor")])) as one:
        assert list(one.items("/cycles")) == [1, 2, 3]


def test_a_problem_says_every_error(gateway: Callable[[Answer], Gateway]) -> None:
    error = {"code": "shape.invalid", "pointer": "/answers", "message": "The report cannot be read here."}
    body = {"title": "The content is not right", "status": 422, "errors": [error]}
    with gateway(lambda request: httpx.Response(422, json=body)) as one, pytest.raises(Problem) as refused:
        one.submit({})
    assert str(refused.value) == (
        "422 The content is not right\n  /answers  shape.invalid: The report cannot be read here."
    )


def test_an_answer_that_is_no_problem_is_one_all_the_same(gateway: Callable[[Answer], Gateway]) -> None:
    with gateway(lambda request: httpx.Response(502, text="<html>")) as one, pytest.raises(Problem, match="502"):
        one.get("/cycles")


def test_not_now_is_asked_again_with_the_same_key_and_body(gateway: Callable[[Answer], Gateway]) -> None:
    seen: list[tuple[str | None, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.headers.get("Idempotency-Key"), json.loads(request.content)))
        return httpx.Response(503 if len(seen) == 1 else 202, json={"id": "1"})

    with gateway(answer) as one:
        assert one.submit({"a": 1}, key="k") == "1"
    assert seen == [("k", {"a": 1})] * 2


def test_without_a_key_a_report_is_sent_once(gateway: Callable[[Answer], Gateway]) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(503, json={})

    with gateway(answer) as one, pytest.raises(Problem):
        one.submit({})
    assert len(seen) == 1


def test_waiting_ends_with_what_it_waited_for(gateway: Callable[[Answer], Gateway]) -> None:
    states = iter(["received", "recorded", "accepted"])
    with gateway(lambda request: httpx.Response(200, json={"state": next(states)})) as one:
        assert one.wait("1")["state"] == "accepted"
    with (
        gateway(lambda request: httpx.Response(200, json={"state": "recorded"})) as one,
        pytest.raises(Refused, match=r"waited 0\.2 s for submission 1 to be judged; it is recorded"),
    ):
        one.wait("1", seconds=0.2)


def test_no_gateway_is_said(gateway: Callable[[Answer], Gateway]) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with gateway(away) as one, pytest.raises(Refused, match=r"no answer from http://gateway\.example"):
        one.get("/cycles")
