"""Wiring: Kafka by Faust, the worker, and the port of health, metrics and ``POST /judge``."""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from contracts.topics import RECORDED
from runtime.consumer import SetAside
from runtime.faust_app import FaustWorker
from runtime.health import serving
from runtime.publisher import Publisher
from runtime.retry import retrying
from services.validation import api
from services.validation.settings import ValidationSettings
from services.validation.worker import Worker

GROUP = "validation"


async def main(settings: ValidationSettings, stop: asyncio.Event) -> None:
    """Run one worker until ``stop`` is set. Raises what ends the process, to be started again."""
    publisher = Publisher(settings, "vrs/validation")
    aside = SetAside(settings, "validation", publisher)
    worker = Worker(settings, publisher, aside.put, aside.good, _now)
    try:
        with tempfile.TemporaryDirectory(prefix="vrs-validation-") as state:
            faust = FaustWorker(settings, GROUP, RECORDED, Path(state))
            faust.each(worker.take)

            async def kafka() -> bool:
                return await faust.joined() and await publisher.reachable()

            # Who watches sees a worker also while it waits for Kafka.
            async with serving(api.build(kafka), settings.bind, settings.validation_port):
                await retrying(settings, "publisher", publisher.start)
                await faust.run(stop)
    finally:
        await publisher.stop()


def _now() -> datetime:
    return datetime.now(UTC)
