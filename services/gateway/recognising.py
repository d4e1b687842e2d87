"""Recognises the reports that surely have the shape of contracts.report: nearly all that are sent. Pure.

The model makes objects of every row, and a submission needs none of them: msgspec judges by the same limits in a sixth
of the time. They are read off the model's JSON schema, so that none stands twice. What is not recognised may still be
a report, with dimensions of its own, say: then the model decides, and says what is wrong.
"""

from typing import Annotated, Any, Literal, NamedTuple, Union

import msgspec

from contracts import template as templates
from contracts.period import Period
from contracts.report import Report
from contracts.wire import Unreadable, read_json

Schema = dict[str, Any]
_LIMITS = {
    "minimum": "ge",
    "maximum": "le",
    "maxLength": "max_length",
    "maxItems": "max_length",
    "maxProperties": "max_length",
}
_PLAIN = {"integer": int, "number": float, "string": str, "boolean": bool, "null": None}


class Head(NamedTuple):
    """Whose report it is, and of which cycle."""

    reporter: str
    cycle: str
    agency: str | None


class Incoming(NamedTuple):
    """A JSON value that may be a report, and its head where it is one without any doubt."""

    value: Any
    head: Head | None = None


def read_incoming(body: bytes) -> Incoming | Unreadable:
    """The value that ``read_json`` reads.

    msgspec reads the same in a third of the time, only to a greater depth. What is recognised has none; where a name
    stands twice the last counts, and what is passed over may have had it.
    """
    try:
        value = msgspec.json.decode(body)
    except (ValueError, RecursionError):  # the other reader says why
        value = None
    if head := recognised(value):
        return Incoming(value, head)
    read = read_json(body)
    return read if isinstance(read, Unreadable) else Incoming(read)


def recognised(value: object) -> Head | None:
    """The head of a JSON value that is a report without any doubt."""
    try:
        read = msgspec.convert(value, _REPORT)
        Period.parse(read.cycle_)
    except ValueError:  # msgspec's among them
        return None
    return Head(read.reporter_, read.cycle_, read.agency_)


def _type(schema: Schema, named: Schema) -> Any:
    """The type of what a JSON schema allows. KeyError for a schema that says anything in another way than pydantic."""
    if "$ref" in schema:
        return _type(named[schema["$ref"].rpartition("/")[2]], named)
    if "anyOf" in schema:
        return Union[tuple(_type(one, named) for one in schema["anyOf"])]  # noqa: UP007 - made from a list
    if "enum" in schema:
        return Literal[tuple(schema["enum"])]
    if "properties" in schema:
        return _struct(schema, named)
    limits: dict[str, Any] = {ours: schema[theirs] for theirs, ours in _LIMITS.items() if theirs in schema}
    if "pattern" in schema:
        limits["pattern"] = _whole(schema["pattern"])
    if schema["type"] == "array":
        return Annotated[list[_type(schema["items"], named)], msgspec.Meta(**limits)]  # type: ignore[misc]
    if schema["type"] == "object":
        [(pattern, inner)] = schema["patternProperties"].items()
        key = _type({"type": "string", "pattern": pattern, **schema["propertyNames"]}, named)
        return Annotated[dict[key, _type(inner, named)], msgspec.Meta(**limits)]  # type: ignore[misc,valid-type]
    plain = _PLAIN[schema["type"]]
    return Annotated[plain, msgspec.Meta(**limits)] if limits else plain


def _struct(schema: Schema, named: Schema) -> Any:
    """Fields that are not known are doubtful; a row's further ones are the dimensions of the templates."""
    properties = schema["properties"]
    if (further := schema["additionalProperties"]) is not False:
        dimensions = (one.id for template in templates.ids() for one in templates.load(template).dimensions)
        properties = dict.fromkeys(dimensions, further) | properties
    needed = schema.get("required", ())
    # A field may be called as a word of Python is: "from".
    fields = [(f"{name}_", _type(one, named), *(() if name in needed else (None,))) for name, one in properties.items()]
    return msgspec.defstruct(
        schema["title"],
        fields,
        rename=lambda name: name[:-1],
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,  # nothing in it points back
    )


def _whole(pattern: str) -> str:
    """In Python "$" also stands before a last line end."""
    return pattern.removesuffix("$") + r"\Z"


_SCHEMA = Report.model_json_schema()
_REPORT = _type(_SCHEMA, _SCHEMA["$defs"])
