"""Every operation of the OpenAPI document, for one role: calls that schemathesis makes from the document, calls that
meet what is there, and both with something wrong in them. What an answer must be is in ``faults_of``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from services.gateway.problems import ProblemDetails
from tests.fuzz import calls
from tests.fuzz.mutation import as_bytes, mutated, scrambled
from tests.fuzz.world import World

CHECKS = (
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
)
PARAMETER = re.compile(r"\{(\w+)\}")
NOBODY = "nobody"
"""For a part of a path that calls.py knows no name for."""
MOST_KEPT = 200
SECONDS = 30
KEYS = ("k-1", "k-2", "", " ", "é", "x" * 201, "0f8fad5b-d9cb-469f-a165-70867728950e", "somebody@example.org")


@dataclass
class Tally:
    """Answers by (operation, speaker, status), and what was wrong with some."""

    answers: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return self.answers.total()

    def statuses(self, label: str, who: str) -> dict[int, int]:
        return {
            status: n for (one, speaker, status), n in sorted(self.answers.items()) if (one, speaker) == (label, who)
        }

    def unmet(self) -> list[str]:
        """Operations that a role met only as "who are you" or "there is no such thing": nothing was tried there."""
        met = {(label, who) for label, who, _ in self.answers}
        return sorted(f"{who}: {label}" for label, who in met if set(self.statuses(label, who)) <= {401, 404})

    def table(self) -> str:
        """A line per role: how many answers of each status."""
        roles = sorted({who for _, who, _ in self.answers})
        found = {who: Counter[int]() for who in roles}
        for (_, who, status), number in self.answers.items():
            found[who][status] += number
        return "\n".join(
            f"{who}: " + ", ".join(f"{status} {number}" for status, number in sorted(counts.items()))
            for who, counts in found.items()
        )


class ApiFuzz:
    """Calls against one gateway."""

    def __init__(self, world: World, tally: Tally, seed_: int) -> None:
        self._world, self._tally, self._seed = world, tally, seed_
        self._url = world.outside.stack.url("gateway")
        self._schema = schemathesis.openapi.from_url(f"{self._url}/openapi.json")
        self._session = requests.Session()
        found: list[Any] = list(self._schema.get_all_operations())
        self._operations = [one.ok() for one in found]

    def run(self, who: str, cases: int) -> None:
        """``cases`` calls of every operation as ``who``, few of those that the role may never make; first good ones."""
        for number, operation in enumerate(self._operations):
            random = Random(self._seed * 1_000 + number)
            for _ in range(2):
                self._send(operation.Case(), who, random, good=True)
            refused = set(self._tally.statuses(operation.label, who)) == {403}
            self._one_operation(operation, who, cases // (10 if refused else 1), self._seed * 1_000 + number)

    def _one_operation(self, operation: Any, who: str, cases: int, seed_: int) -> None:
        if not cases:
            return
        generated = st.one_of(*map(operation.as_strategy, (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)))

        # Nothing is raised in here, so nothing is shrunk or tried again: one example is one call.
        @seed(seed_)
        @settings(
            max_examples=cases,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(generated, st.integers(0, 2**32))
        def call(case: Any, number: int) -> None:
            self._send(case, who, Random(number), good=False)

        call()

    def _send(self, case: Any, who: str, random: Random, *, good: bool) -> None:
        """``good``: a call that should meet something, with nothing wrong in it."""
        label = case.operation.label
        if good or random.random() < 0.8:
            known = calls.path_parameters(self._world, who, label, random, good=good)
            names = PARAMETER.findall(case.path)
            case.path_parameters = {name: known.get(name, case.path_parameters.get(name, NOBODY)) for name in names}
        if good or random.random() < 0.7:
            case.query = calls.query(who, label, random, good=good)
        case.headers = {"Idempotency-Key": random.choice(KEYS)} if not good and random.random() < 0.1 else {}
        sent = case.as_transport_kwargs(base_url=self._url)
        sent["headers"] = {**sent["headers"], **self._world.outside.bearer(who)}
        body = calls.body(who, label, random)
        if body is not None and (good or random.random() < 0.8):
            sent.pop("json", None)
            sent["data"] = as_bytes(mutated(body, random, 0 if good else random.choice((0, 1, 1, 2, 5))))
            sent["headers"]["Content-Type"] = "application/json"
        if not good and isinstance(sent.get("data"), bytes) and random.random() < 0.1:
            sent["data"] = scrambled(sent["data"], random)
        self._answered(case, who, sent)

    def _answered(self, case: Any, who: str, sent: dict[str, Any]) -> None:
        label = case.operation.label
        try:
            answer = self._session.request(**sent, timeout=SECONDS, allow_redirects=False)
        except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError):
            return  # what no client can send
        except requests.RequestException as error:
            self._fault(case, who, f"no answer: {error!r}")
            return
        self._tally.answers[label, who, answer.status_code] += 1
        if answer.status_code == 202 and label == "POST /api/v1/submissions":
            # The way on from a call to another one: what was sent is looked up, explained, found in the list.
            self._world.submissions.append(answer.json()["id"])
        # Against a case without a history: schemathesis would work out anew what was generated and what was changed.
        # It names its path where something is wrong, so there has to be one.
        plain = case.operation.Case(path_parameters=dict.fromkeys(PARAMETER.findall(case.path), NOBODY))
        for fault in faults_of(plain, answer):
            self._fault(case, who, fault)

    def _fault(self, case: Any, who: str, what: str) -> None:
        if len(self._tally.faults) < MOST_KEPT:
            self._tally.faults.append(f"{case.operation.label} as {who}: {what}")


def faults_of(case: Any, answer: requests.Response) -> Iterable[str]:
    """What is wrong with an answer: a fault of ours, a status, type or shape that is not documented, no problem."""
    sent = f"{answer.request.method} {answer.request.url} {repr(answer.request.body)[:2_000]}"
    if answer.status_code >= 500:
        yield f"{answer.status_code} to {sent}: {answer.text[:500]}"
    if answer.status_code == 405:
        return  # a generated path parameter that makes the path of another operation
    try:
        case.validate_response(answer, checks=list(CHECKS))
    except FailureGroup as found:
        for one in found.exceptions:
            yield f"{one.title}: {one.message[:500]} ({answer.status_code} to {sent}: {answer.text[:300]})"
    if answer.status_code >= 400:
        yield from (f"{one} ({answer.status_code} to {sent})" for one in problem_faults(answer))


def problem_faults(answer: requests.Response) -> Iterable[str]:
    """Against RFC 9457: the media type, and members that agree with the status."""
    if answer.headers.get("content-type") != "application/problem+json":
        yield f"a problem of type {answer.headers.get('content-type')}"
        return
    try:
        problem = ProblemDetails.model_validate_json(answer.content)
    except ValueError as error:
        yield f"no problem details: {error}"
        return
    if problem.status != answer.status_code or not problem.type or not problem.title:
        yield f"the problem says {problem.status} {problem.type!r} {problem.title!r}"
