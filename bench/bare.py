"""What the gateway is measured against: a route that reads the same body and awaits the same acknowledgement.

`python -m bench.bare` with VRS_BENCH_KAFKA, VRS_BENCH_TOPIC and VRS_BENCH_PORT; no token, no look at the body.
"""

import asyncio
import os

import uvloop
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from contracts.wire import MAX_EVENT_BYTES
from deploy.local.ports import HOST
from runtime.health import serving


async def main() -> None:
    """Serve until killed."""
    topic = os.environ["VRS_BENCH_TOPIC"]
    producer = AIOKafkaProducer(
        bootstrap_servers=os.environ["VRS_BENCH_KAFKA"],
        acks="all",
        enable_idempotence=True,
        max_request_size=MAX_EVENT_BYTES,
    )
    await producer.start()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/submissions")
    async def take(request: Request) -> JSONResponse:
        await producer.send_and_wait(topic, await request.body(), key=b"TH")
        return JSONResponse({"id": "1"}, 202)

    try:
        async with serving(app, HOST, int(os.environ["VRS_BENCH_PORT"])):
            await asyncio.Event().wait()
    finally:
        await producer.stop()


if __name__ == "__main__":
    uvloop.run(main())
