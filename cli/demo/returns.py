"""Synthetic returns: plausible in their proportions, the same on every machine, and about nothing that happened. Pure.

Each return follows from the participant's profile and the cycle alone. Its sums fit: the divisions that the template
calls complete sum to their totals, and the lists of "the most frequent" stay below them.
"""

import random
from collections.abc import Sequence
from typing import Any

from cli.demo.participants import Mode, Profile
from contracts.period import Period

SYNTHETIC = "Synthetic data of the demonstration: it describes nothing that happened and no State's real figures."
METHODS = ("fraudulent_documents", "clandestine_crossing", "concealment_in_vehicle", "small_boat", "visa_misuse")
PAYMENTS = ("cash_upfront", "instalments", "on_arrival", "informal_value_transfer")
LISTED = 0.9  # how much of a total its most frequent members make up
Answers = dict[str, Any]


def synthetic(profile: Profile, cycle: str) -> dict[str, Any]:
    """The return of a participant for a cycle."""
    made_of = random.Random(f"{profile.code}|{cycle}")  # a text seeds by its SHA-512: the same everywhere
    months = Period.parse(cycle).months
    entries = max(4, round(profile.entries * months / 12 * made_of.uniform(0.85, 1.15)))
    answers: Answers = {
        **_entries(made_of, profile, entries),
        **_refused(made_of, profile, entries),
        **_smuggled(made_of, profile, entries // 5),
        **_documents(made_of, profile, entries // 8),
        **_smugglers(made_of, profile, max(2, entries // 60)),
        **_routes(made_of, profile, entries),
        **_fees(made_of, profile),
        "about_the_data.sources": {"text": "Registers invented for the demonstration."},
        "about_the_data.comments": {"text": SYNTHETIC},
    }
    sharing = {"methods_and_fees.by_from_to": "centre_only"} if profile.fee and profile.code in {"GB", "US"} else {}
    return report(profile.code, cycle, answers, sharing)


def report(code: str, cycle: str, answers: Answers, sharing: dict[str, str] | None = None) -> dict[str, Any]:
    """A whole national return around answers."""
    whole = {"template": "ort/1", "reporter": code, "cycle": cycle, "agency": None, "scope": "full", "answers": answers}
    return {**whole, **({"sharing": sharing} if sharing else {})}


def shares(made_of: random.Random, total: int, count: int) -> list[int]:
    """``count`` whole numbers that sum to ``total``, the larger ones first.

    The proportions hardly differ from cycle to cycle: a large change would ask for an explanation.
    """
    weights = [made_of.uniform(0.95, 1.05) / (place + 1) for place in range(count)]
    parts = [int(total * weight / sum(weights)) for weight in weights]
    parts[0] += total - sum(parts)
    return parts


def _rows(made_of: random.Random, dimension: str, members: Sequence[str], total: int) -> dict[str, Any]:
    parts = zip(members, shares(made_of, total, len(members)), strict=True)
    return {"rows": [{dimension: member, "value": part} for member, part in parts]}


def _by_mode(made_of: random.Random, exits: dict[Mode, tuple[str, ...]], total: int) -> dict[str, Any]:
    places = [(mode, country) for mode, countries in exits.items() for country in countries]
    parts = zip(places, shares(made_of, total, len(places)), strict=True)
    return {"rows": [{"mode": mode, "last_exit": country, "value": part} for (mode, country), part in parts]}


def _entries(made_of: random.Random, profile: Profile, total: int) -> Answers:
    listed = int(total * LISTED)
    return {
        "illegal_entries.total": {"value": total},
        "illegal_entries.by_citizenship": _rows(made_of, "citizenship", profile.citizenships, listed),
        "illegal_entries.by_entry_point": _rows(made_of, "entry_point", profile.points, listed),
        "illegal_entries.by_gender_age": _rows(made_of, "gender_age", ("men", "women", "boys", "girls"), total),
        "illegal_entries.by_mode_and_last_exit": _by_mode(made_of, profile.exits, listed),
    }


def _refused(made_of: random.Random, profile: Profile, entries: int) -> Answers:
    if made_of.random() < 0.2:
        return {"refused_entries.total": {"status": "not_collected"}}
    total = entries // 3
    return {
        "refused_entries.total": {"value": total},
        "refused_entries.by_citizenship": _rows(made_of, "citizenship", profile.citizenships[:2], int(total * LISTED)),
    }


def _smuggled(made_of: random.Random, profile: Profile, total: int) -> Answers:
    listed = int(total * LISTED)
    return {
        "smuggled_migrants.total": {"value": total},
        "smuggled_migrants.by_citizenship": _rows(made_of, "citizenship", profile.citizenships[:3], listed),
        "smuggled_migrants.by_mode_and_last_exit": _by_mode(made_of, profile.exits, listed),
    }


def _documents(made_of: random.Random, profile: Profile, total: int) -> Answers:
    if total == 0:
        return {"fraudulent_documents.total": {"value": 0}}
    issuing = _rows(made_of, "issuing_country", profile.citizenships[:2], int(total * LISTED))
    rows = [row for row in issuing["rows"] if row["issuing_country"] != "stateless"]
    return {
        "fraudulent_documents.total": {"value": total},
        "fraudulent_documents.by_issuing_country": {"rows": rows},
        "users_of_fraudulent_documents.total": {"value": max(1, total - total // 10)},
    }


def _smugglers(made_of: random.Random, profile: Profile, suspects: int) -> Answers:
    convicted = suspects // 3
    return {
        "migrant_smugglers.total": {"value": suspects},
        "migrant_smugglers.by_gender": _rows(made_of, "gender", ("male", "female"), suspects),
        "migrant_smugglers.by_citizenship": _rows(
            made_of, "citizenship", (profile.code, profile.citizenships[0]), suspects
        ),
        "convicted_smugglers.total": {"value": convicted},
        "convicted_smugglers.by_gender": _rows(made_of, "gender", ("male", "female"), convicted),
    }


def _routes(made_of: random.Random, profile: Profile, entries: int) -> Answers:
    if not profile.routes:
        return {"routes.by_countries": {"nothing_to_report": True}}
    routes = []
    for citizenship, countries in profile.routes:
        persons = max(1, int(entries * made_of.uniform(0.05, 0.2)))
        routes.append(route(citizenship, countries, persons, arrives=countries[-1] == profile.code != "ID"))
    return {"routes.by_countries": {"routes": routes}}


def route(citizenship: str, countries: Sequence[str], persons: int, arrives: bool = False) -> dict[str, Any]:
    """A route: its first country is the origin, its last one the destination where migrants ``arrives`` to stay."""
    legs = [{"country": country, "type": "transit"} for country in countries]
    legs[0]["type"] = "origin"
    if arrives:
        legs[-1]["type"] = "destination"
    return {"citizenship": citizenship, "legs": legs, "persons": persons}


def _fees(made_of: random.Random, profile: Profile) -> Answers:
    if profile.fee is None:
        return {}
    start, end, mode, typical, currency = profile.fee
    fee = {
        "from": start,
        "to": end,
        "mode": mode,
        "methods": sorted(made_of.sample(METHODS, 2)),
        "fee_min": typical // 2,
        "fee_typical": typical,
        "fee_max": typical * 2,
        "currency": currency,
        "payment": sorted(made_of.sample(PAYMENTS, 2)),
    }
    return {"methods_and_fees.by_from_to": {"fees": [fee]}}
