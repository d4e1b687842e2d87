"""The AsyncAPI 3.0 document of the topics, made from the registry and the shapes of the events. Pure."""

from typing import Any

from pydantic.json_schema import models_json_schema

from contracts.events import PAYLOADS, Payload
from contracts.topics import IN_PREFIX, OUT_PREFIX, PARTITIONS, TOPICS, Topic, agency_in, agency_out

Json = dict[str, Any]
REF = "#/components/schemas/{model}"
AGENCY = "{agency}"


def asyncapi() -> Json:
    """The document: a channel per topic, a message per event, an operation per reader and writer."""
    payloads = list(dict.fromkeys([*PAYLOADS, *agency_in("X-YY").payloads, *agency_out("X-YY").payloads]))
    _, schemas = models_json_schema([(one, "validation") for one in payloads], ref_template=REF)
    topics = [*TOPICS, agency_in(AGENCY), agency_out(AGENCY)]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "VRS-MSRC events",
            "version": "1",
            "description": "CloudEvents 1.0 in Kafka's binary mode, JSON data, at least once: ce_id names an event.",
        },
        "defaultContentType": "application/json",
        "channels": {_channel_id(one): _channel(one) for one in topics},
        "operations": dict(_operation(one, role, action) for one in topics for role, action in _roles(one)),
        "components": {
            "messages": {one.__name__: _message(one) for one in payloads},
            "schemas": schemas.get("$defs", {}),
        },
    }


def _channel_id(topic: Topic) -> str:
    return topic.name.removesuffix(f".{AGENCY}").replace(".", "_")


def _channel(topic: Topic) -> Json:
    channel: Json = {
        "address": topic.name,
        "description": f"Key: {topic.key}.",
        "messages": {one.__name__: {"$ref": f"#/components/messages/{one.__name__}"} for one in topic.payloads},
        "bindings": {
            "kafka": {
                "partitions": PARTITIONS,
                "topicConfiguration": {
                    "cleanup.policy": [topic.config["cleanup.policy"]],
                    "retention.ms": topic.retention_ms,
                },
            }
        },
    }
    if topic.name in (IN_PREFIX + AGENCY, OUT_PREFIX + AGENCY):
        channel["parameters"] = {"agency": {"description": "The agency's code, as TH-IMM.", "examples": ["TH-IMM"]}}
    return channel


def _message(payload: type[Payload]) -> Json:
    return {
        "name": payload.type,
        "summary": (payload.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "required": ["ce_specversion", "ce_id", "ce_source", "ce_type"],
            "properties": {
                "ce_specversion": {"type": "string", "const": "1.0"},
                "ce_id": {"type": "string"},
                "ce_source": {"type": "string"},
                "ce_type": {"type": "string", "const": payload.type},
                "ce_time": {"type": "string", "format": "date-time"},
                "ce_subject": {"type": "string", "description": "The submission's id, where there is one."},
            },
        },
        "payload": {"$ref": REF.format(model=payload.__name__)},
    }


def _roles(topic: Topic) -> list[tuple[str, str]]:
    return [*((one, "send") for one in topic.writers), *((one, "receive") for one in topic.readers)]


def _operation(topic: Topic, role: str, action: str) -> tuple[str, Json]:
    channel = _channel_id(topic)
    return f"{role}_{action}_{channel}", {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "title": f"{role} {action}s {topic.name}",
        "messages": [{"$ref": f"#/channels/{channel}/messages/{one.__name__}"} for one in topic.payloads],
    }
