"""`vrs topics plan|apply`: compare the broker's topics with the registry, and bring them in line."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import TypeVar

import typer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from cli.kafka_reading import answering, read_all, silent
from cli.settings import CliSettings, Refused, settings
from cli.terminal import table
from cli.topic_plan import Found, Step, plan, taking_part, wanted
from contracts.topics import PARTICIPANTS, PARTITIONS
from runtime.closing import ended
from runtime.kafka import brokers

app = typer.Typer(no_args_is_help=True, help="The broker's topics against the registry.")
T = TypeVar("T")
SET_ON_TOPIC = 1  # config source TOPIC_CONFIG of Kafka's DescribeConfigs response, version 1


@app.command("plan")
def show() -> None:
    """Show what `apply` would do; changes nothing. Exit code 1 where only a person can decide."""
    _report(asyncio.run(_planned(settings())))


@app.command()
def apply() -> None:
    """Create what is missing and set what differs. Never changes a number of partitions."""
    _report(asyncio.run(_apply(settings())))


def _report(steps: list[Step]) -> None:
    table("topics", ("action", "topic", "detail"), ((step.action, step.topic, step.detail) for step in steps))
    if any(step.action == "conflict" for step in steps):
        raise typer.Exit(1)


async def _planned(told: CliSettings) -> list[Step]:
    async with Broker(told) as broker:
        return await broker.planned()


async def _apply(told: CliSettings) -> list[Step]:
    async with Broker(told) as broker:
        steps = await broker.planned()
        await broker.create([step for step in steps if step.action == "create"])
        await broker.configure([step for step in steps if step.action == "configure"])
        return steps


class Broker:
    """The broker's topics by their names without prefix. Raises Refused when it does not answer."""

    def __init__(self, told: CliSettings) -> None:
        self._told = told
        self._admin = AIOKafkaAdminClient(**brokers(told), client_id="vrs-cli")

    async def __aenter__(self) -> "Broker":
        try:
            await self._answer(self._admin.start())
        except Refused:
            await ended(self._admin)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await ended(self._admin)

    async def planned(self) -> list[Step]:
        found = await self.found()
        agencies: set[str] = set()
        if PARTICIPANTS.name in found:  # not on a broker that is to get its first topics
            agencies = taking_part([record async for record in read_all(self._told, PARTICIPANTS.name)])
        return plan(wanted(found, agencies), found, self._told.replication_factor)

    async def found(self) -> dict[str, Found]:
        prefix = self._told.topic_prefix + "vrs."
        names = [name for name in await self._answer(self._admin.list_topics()) if name.startswith(prefix)]
        if not names:
            return {}
        described = await self._answer(self._admin.describe_topics(names))
        partitions = {one["topic"]: len(one["partitions"]) for one in described}
        config = await self._config(names)
        return {
            name.removeprefix(self._told.topic_prefix): Found(partitions[name], config.get(name, {})) for name in names
        }

    async def create(self, steps: list[Step]) -> None:
        if not steps:
            return
        replicas = self._told.replication_factor
        new = [NewTopic(self._name(step), PARTITIONS, replicas, topic_configs=dict(step.config)) for step in steps]
        answer = await self._answer(self._admin.create_topics(new))
        # Somebody else may apply at the same time: "already there" is what we wanted.
        self._check({topic: code for topic, code, *_ in answer.topic_errors}, TopicAlreadyExistsError.errno)
        await self._answer(self._known([one.name for one in new]))

    async def _known(self, names: list[str]) -> None:
        """A broker says that a topic is made a moment before it knows of it: what comes next would not find it."""
        while True:
            described = await self._admin.describe_topics(names)
            if not any(one["error_code"] for one in described):
                return
            await asyncio.sleep(0.1)

    async def configure(self, steps: list[Step]) -> None:
        if not steps:
            return
        resources = [ConfigResource(ConfigResourceType.TOPIC, self._name(step), dict(step.config)) for step in steps]
        for answer in await self._answer(self._admin.alter_configs(resources)):
            self._check({resource[3]: resource[0] for resource in answer.resources})

    async def _config(self, names: list[str]) -> dict[str, Mapping[str, str]]:
        resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        answers = await self._answer(self._admin.describe_configs(resources))
        return {
            resource[3]: {entry[0]: entry[1] for entry in resource[4] if entry[3] == SET_ON_TOPIC}
            for answer in answers
            for resource in answer.resources
        }

    async def _answer(self, question: Awaitable[T]) -> T:
        """Raises Refused where the broker does not answer in time: aiokafka asks a broker that hangs for ever."""
        try:
            async with answering():
                return await question
        except KafkaError as error:
            raise Refused(f"Kafka at {self._told.kafka_bootstrap}: {error!r}") from None
        except TimeoutError:
            raise silent(self._told) from None

    def _name(self, step: Step) -> str:
        return self._told.topic_prefix + step.topic

    @staticmethod
    def _check(codes: Mapping[str, int], fine: int = 0) -> None:
        wrong = {topic: for_code(code).__name__ for topic, code in codes.items() if code not in (0, fine)}
        if wrong:
            raise Refused(f"the broker refused: {wrong}")
