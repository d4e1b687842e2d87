"""Writes contracts/reference/ort-1.json from ort-1.yaml beside it: every default spelt out, every text filled in.

Run: python -m tools.reference.template (with --check: exit code 1 where the JSON is not up to date).
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import yaml

from contracts.template import Template

REFERENCE = Path(__file__).parents[2] / "contracts" / "reference"
Json = dict[str, Any]


def dimension(dimension_id: str, source: Json) -> Json:
    labels = source.get("codes", {})
    return {"id": dimension_id, **source, "codes": list(labels), "labels": labels}


def parts(source: Json, dimensions: Json) -> list[Json]:
    """2.4.3.2 "by sea": the part's title and the question's text with {part} filled in."""
    found = []
    for number, code in source.get("parts", {}).items():
        label = dimensions[source["breakdown"][0]]["codes"][code]
        text = source["text"].replace("{part}", label.lower())
        found.append({"number": number, "code": code, "title": label, "text": text})
    return found


def help_of(source: Json, terms: Json) -> str:
    """The question's own help, else the definitions of its terms."""
    return source.get("help") or " ".join(terms[t]["help"] for t in source["terms"])


def question(source: Json, group: Json, inferred: bool, raw: Json) -> Json:
    source = {"terms": group.get("terms", []), **source}
    breakdown = source.get("breakdown")
    total = breakdown == "total"
    code_list = source.get("codes")
    kind = source.get("kind") or ("total" if total else "breakdown")
    text = source["text"].replace(" {part}", "")
    return {
        "id": source["id"], "number": source["number"], "group": group["id"], "kind": kind, "title": source["title"],
        "text": text, "help": help_of(source, raw["terms"]), "terms": source["terms"],
        "dimensions": [] if total or breakdown is None else breakdown, "uses": source.get("uses", []),
        "codes": list(raw["dimensions"][code_list]["codes"]) if code_list else [], "code_list": code_list,
        "complete": source.get("complete", False), "parts": parts(source, raw["dimensions"]),
        "fields": source.get("fields", {}), "inferred": inferred or source.get("inferred", False),
    }  # fmt: skip


def group(source: Json, section: Json, raw: Json) -> Json:
    inferred = section.get("inferred", False)
    questions = [question(q, source, inferred, raw) for q in source["questions"]]
    return {
        **source, "section": section["number"], "terms": source.get("terms", []),
        "questions": questions, "inferred": inferred,
    }  # fmt: skip


def build(raw: Json) -> Template:
    sections = [
        {**s, "groups": [group(g, s, raw) for g in s["groups"]], "inferred": s.get("inferred", False)}
        for s in raw["sections"]
    ]
    return Template.model_validate(
        {
            "id": f"{raw['template']}/{raw['version']}",
            "title": raw["title"],
            "terms": [{"id": k, **v} for k, v in raw["terms"].items()],
            "dimensions": [dimension(k, v) for k, v in raw["dimensions"].items()],
            "sections": sections,
        }
    )


def written(name: str = "ort-1") -> str:
    raw = yaml.safe_load((REFERENCE / f"{name}.yaml").read_text("utf-8"))
    return json.dumps(build(raw).model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    target = REFERENCE / "ort-1.json"
    if not parser.parse_args().check:
        target.write_text(written(), "utf-8")
    elif target.read_text("utf-8") != written():
        sys.exit("ort-1.json is not up to date: run python -m tools.reference.template")
