"""How far each of the system's consumer groups has come, and setting that back."""

from contextlib import AbstractAsyncContextManager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from cli.backup.manifest import Offsets
from cli.kafka_reading import answering, asking, earliest_and_latest, reading
from cli.settings import CliSettings, Refused
from runtime.kafka import brokers

IDLE = frozenset({"Empty", "Dead"})


def administering(told: CliSettings) -> AbstractAsyncContextManager[AIOKafkaAdminClient]:
    return asking(told, AIOKafkaAdminClient(**brokers(told), client_id="vrs-cli"))


async def cluster_id(told: CliSettings) -> str:
    async with administering(told) as admin:
        return str((await admin.describe_cluster())["cluster_id"])


async def committed(told: CliSettings) -> Offsets:
    """The offsets of every group of this system."""
    prefix = told.topic_prefix
    found: Offsets = {}
    async with administering(told) as admin:
        for group in await _groups(admin, told):
            topics: dict[str, dict[int, int]] = {}
            for place, at in (await admin.list_consumer_group_offsets(group)).items():
                if at.offset >= 0:
                    topics.setdefault(place.topic.removeprefix(prefix), {})[place.partition] = at.offset
            found[group.removeprefix(prefix)] = topics
    return found


async def refuse_where_running(told: CliSettings) -> None:
    """Raises Refused while a service is a member of one of the groups: it would write its own offsets over ours."""
    async with administering(told) as admin:
        running = []
        for group in await _groups(admin, told):
            for answer in await admin.describe_consumer_groups([group]):
                running += [group for described in answer.groups if described[2] not in IDLE]
    if running:
        raise Refused(f"services are running ({', '.join(sorted(running))}): stop them first")


async def set_back(told: CliSettings, offsets: Offsets) -> None:
    """Let every group read on from ``offsets``; where they say nothing, from the beginning. Raises Refused."""
    for group, topics in back_to(offsets, await committed(told)).items():
        consumer = AIOKafkaConsumer(**brokers(told), group_id=told.topic_prefix + group, enable_auto_commit=False)
        async with asking(told, consumer):
            places = {TopicPartition(told.topic(t), p): at for t, parts in topics.items() for p, at in parts.items()}
            if places:
                consumer.assign(list(places))
                await consumer.commit(places)


async def reached(told: CliSettings, offsets: Offsets) -> bool:
    """Whether this cluster's topics reach as far as ``offsets`` do; of a topic that is gone, nothing is asked.

    Where they do not, these are other topics than the offsets are of: made anew, or cut by a loss of power.
    """
    wanted: dict[TopicPartition, int] = {}
    for topics in offsets.values():
        for topic, parts in topics.items():
            for number, at in parts.items():
                place = TopicPartition(told.topic(topic), number)
                wanted[place] = max(at, wanted.get(place, 0))
    async with reading(told) as consumer, answering():
        known = await consumer.topics()
    there = [place for place in wanted if place.topic in known]
    ends = await earliest_and_latest(told, there) if there else {}
    return all(wanted[place] <= end for place, (_, end) in ends.items())


def back_to(wanted: Offsets, now: Offsets) -> Offsets:
    """The offsets to commit. A place that has a commit now and had none then is read from its beginning. Pure."""
    result: Offsets = {
        group: {topic: dict(parts) for topic, parts in topics.items()} for group, topics in wanted.items()
    }
    for group, topics in now.items():
        for topic, parts in topics.items():
            for partition in parts:
                result.setdefault(group, {}).setdefault(topic, {}).setdefault(partition, 0)
    return result


async def _groups(admin: AIOKafkaAdminClient, told: CliSettings) -> list[str]:
    return sorted(name for name, _ in await admin.list_consumer_groups() if name.startswith(told.group("")))
