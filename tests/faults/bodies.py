"""Reports as States would send them, from a random generator: small, and of every kind of answer with figures.

A comment stands at every answer, which explains whatever a judge might ask about it: so a good report is accepted
whatever was reported before, and the oracle knows its outcome without judging. Doubtful reports leave it out.
"""

import random
from typing import Any

Body = dict[str, Any]
PLACES = ("AF", "BD", "CN", "ID", "IN", "IQ", "IR", "KH", "LA", "LK", "MM", "MY", "NP", "PH", "PK", "SG", "TH", "VN")
POINTS = ("Northern bridge", "Harbour three", "Old airport", "River post", "Mountain road")
MODES = ("land", "sea", "air")
AREAS = ("drugs", "firearms", "corruption", "money_laundering", "document_fraud")
METHODS = ("small_boat", "fraudulent_documents", "visa_misuse", "concealment_in_vehicle")
PAYMENT = ("cash_upfront", "instalments", "on_arrival")
WHY = "Synthetic figures of a fault run."


def report(reporter: str, cycle: str, answers: Body, agency: str | None = None, scope: str = "full") -> Body:
    """The envelope around answers."""
    body: Body = {"template": "ort/1", "reporter": reporter, "cycle": cycle, "answers": answers}
    if agency is not None:
        body["agency"] = agency
    if scope != "full":
        body["scope"] = scope
    return body


def good(rng: random.Random, reporter: str, cycle: str) -> Body:
    """A whole return that will be accepted."""
    return report(reporter, cycle, _pick(rng, ALL, 3, 8) | _remark(rng))


def large(rng: random.Random, reporter: str, cycle: str) -> Body:
    """A whole return with every row that there can be: some 150 figures."""
    rows = {
        "illegal_entries.by_citizenship": [{"citizenship": one} for one in PLACES],
        "illegal_entries.by_last_exit": [{"last_exit": one} for one in PLACES],
        "smuggled_migrants.by_citizenship": [{"citizenship": one} for one in PLACES],
        "illegal_entries.by_mode_and_last_exit": [{"mode": m, "last_exit": p} for m in MODES for p in PLACES],
    }
    answers = {
        name: {"rows": [row | {"value": rng.randint(0, 900)} for row in members], "comment": WHY}
        for name, members in rows.items()
    }
    return report(reporter, cycle, answers | {"routes.by_countries": _routes(rng)} | _remark(rng))


def partial(rng: random.Random, reporter: str, cycle: str) -> Body:
    """A partial return that will be accepted on top of what stands."""
    return report(reporter, cycle, _pick(rng, ALL, 1, 3) | _remark(rng), scope="partial")


def part(rng: random.Random, agency: str, cycle: str, first: bool) -> Body:
    """An agency's part. The agencies of a State answer different questions, and one together: by citizenship, each
    for countries of its own, so that joining them is putting rows side by side and never an overlap."""
    mine = FIRST_AGENCY if first else SECOND_AGENCY
    answers = _pick(rng, mine, 1, 3) | _remark(rng)
    countries = PLACES[:9] if first else PLACES[9:]
    if rng.random() < 0.8:
        answers["smuggled_migrants.by_citizenship"] = _rows(rng, "citizenship", countries)
    return report(agency.partition("-")[0], cycle, answers, agency=agency)


def bad(rng: random.Random, reporter: str, cycle: str) -> Body:
    """A return that will be rejected: a citizenship that nobody knows."""
    body = good(rng, reporter, cycle)
    rows = _rows(rng, "citizenship", PLACES)
    rows["rows"].append({"citizenship": "Atlantis", "value": 7})
    body["answers"]["refused_entries.by_citizenship"] = rows
    return body


def doubtful(rng: random.Random, reporter: str, cycle: str) -> Body:
    """A return that will wait for an explanation: its parts are more than the total."""
    rows = [{"citizenship": code, "value": rng.randint(50, 400)} for code in rng.sample(PLACES, 3)]
    return report(
        reporter,
        cycle,
        {"illegal_entries.total": {"value": rng.randint(1, 40)}, "illegal_entries.by_citizenship": {"rows": rows}}
        | _remark(rng),
    )


EXPLANATION = [
    {"pointer": f"/answers/{question}", "comment": WHY}
    for question in ("illegal_entries.total", "illegal_entries.by_citizenship")
]


def _remark(rng: random.Random) -> Body:
    """A word of its own in every report: the oracle tells submissions apart by what they say."""
    word = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=14))
    return {"about_the_data.comments": {"text": f"Synthetic, {word}."}}


def _total(rng: random.Random) -> Body:
    return {"value": rng.randint(0, 20_000), "comment": WHY}


def _rows(rng: random.Random, dimension: str, members: tuple[str, ...]) -> Body:
    chosen = rng.sample(members, rng.randint(1, min(6, len(members))))
    return {"rows": [{dimension: one, "value": rng.randint(0, 900)} for one in chosen], "comment": WHY}


def _mode_and_last_exit(rng: random.Random) -> Body:
    pairs = rng.sample([(mode, place) for mode in MODES for place in PLACES], rng.randint(1, 5))
    rows = [{"mode": mode, "last_exit": place, "value": rng.randint(1, 300)} for mode, place in pairs]
    return {"rows": rows, "comment": WHY}


def _routes(rng: random.Random) -> Body:
    ways: dict[tuple[str, ...], Body] = {}
    for _ in range(rng.randint(1, 3)):
        countries = rng.sample(PLACES, rng.randint(2, 5))
        types = ["origin", *["transit"] * (len(countries) - 2), "destination"]
        legs = [{"country": country, "type": kind} for country, kind in zip(countries, types, strict=True)]
        way: Body = {"citizenship": countries[0], "legs": legs}
        if rng.random() < 0.8:
            way["persons"] = rng.randint(1, 500)
        ways[tuple(countries)] = way
    return {"routes": list(ways.values()), "comment": WHY}


def _fees(rng: random.Random) -> Body:
    rows = []
    # Sorted: a set's order differs between processes, and the seed must give the same run in each.
    for start, end in sorted({(a, b) for a, b in (rng.sample(PLACES, 2) for _ in range(rng.randint(1, 3)))}):
        low = rng.randint(100, 2_000)
        rows.append(
            {
                "from": start,
                "to": end,
                "methods": sorted(set(rng.choices(METHODS, k=2))),
                "payment": [rng.choice(PAYMENT)],
                "fee_min": low,
                "fee_typical": low + rng.randint(0, 2_000),
                "fee_max": low + rng.randint(2_000, 9_000),
                "currency": "USD",
            }
        )
    return {"fees": rows, "comment": WHY}


ALL: dict[str, Any] = {
    "illegal_entries.total": _total,
    "illegal_entries.by_citizenship": lambda rng: _rows(rng, "citizenship", PLACES),
    "illegal_entries.by_last_exit": lambda rng: _rows(rng, "last_exit", PLACES),
    "illegal_entries.by_entry_point": lambda rng: _rows(rng, "entry_point", POINTS),
    "illegal_entries.by_gender_age": lambda rng: _rows(rng, "gender_age", ("women", "men", "girls", "boys")),
    "illegal_entries.by_mode_and_last_exit": _mode_and_last_exit,
    "smuggled_migrants.total": _total,
    "smuggled_migrants.by_citizenship": lambda rng: _rows(rng, "citizenship", PLACES),
    "refused_entries.total": lambda rng: {"status": "not_collected", "comment": WHY},
    "illegal_exits.by_citizenship": lambda rng: {"nothing_to_report": True, "comment": WHY},
    "routes.by_countries": _routes,
    "methods_and_fees.by_from_to": _fees,
    "other_crime_areas.areas": lambda rng: {"choices": sorted(rng.sample(AREAS, 2)), "comment": WHY},
    "interaction.description": lambda rng: {"text": "Groups share boats and lodging.", "comment": WHY},
}
FIRST_AGENCY = {name: ALL[name] for name in ALL if name.startswith("illegal_entries.")}
SECOND_AGENCY = {
    name: ALL[name] for name in ("routes.by_countries", "methods_and_fees.by_from_to", "smuggled_migrants.total")
}


def _pick(rng: random.Random, questions: dict[str, Any], least: int, most: int) -> Body:
    chosen = rng.sample(sorted(questions), rng.randint(least, min(most, len(questions))))
    return {name: questions[name](rng) for name in chosen}
