"""Writes contracts/reference/countries.json.

In: npm `cldr-core` (codes, tree of regions), `babel` (short names), `pycountry` (ISO names, official names, French
translations), `geography.yaml` beside this file (what we keep by hand).
Run: python -m tools.reference.countries --cldr FOLDER_OF_CLDR_CORE
"""

import argparse
import gettext
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pycountry
import yaml
from babel import Locale

from contracts.geography import key

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "contracts" / "reference" / "countries.json"
Json = dict[str, Any]


def parents_of(containment: Json) -> dict[str, list[str]]:
    """CLDR's containment turned round: code -> its M49 parents (numbers only; groupings such as EU are left out)."""
    found: dict[str, list[str]] = {}
    for parent, node in containment.items():
        code = parent.split("-")[0]
        if code.isdigit() and "deprecated" not in parent:
            for child in node["_contains"]:
                found.setdefault(child, []).append(code)
    return found


def placed(alpha2: str, parents: dict[str, list[str]]) -> tuple[str | None, str | None, str | None]:
    """(region, sub-region, intermediate region) in the columns of UN M49."""
    leaf = next((p for p in parents.get(alpha2, []) if p in parents), None)
    match leaf:
        case "011" | "014" | "017" | "018":
            return "002", "202", leaf
        case "005" | "013" | "029":
            return "019", "419", leaf
        case None:
            return None, None, None
        case _:
            top = next(p for p in parents[leaf] if p in {"002", "009", "019", "142", "150"})
            return top, leaf, None


def unique(names: list[str], taken: set[str]) -> list[str]:
    """The names that add something: no blank, nothing whose key is there already."""
    kept = []
    for name in names:
        if name and key(name) not in taken:
            taken.add(key(name))
            kept.append(name)
    return kept


def entry(alpha2: str, ours: Json, parents: dict[str, list[str]], alpha3: str, m49: str | None) -> Json:
    english, french = Locale("en").territories, Locale("fr").territories
    to_french = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["fr"]).gettext
    iso = pycountry.countries.get(alpha_2=alpha2)
    iso_names = [getattr(iso, f, "") for f in ("name", "official_name", "common_name")] if iso else []
    iso_names = [n.removeprefix("the ") for n in iso_names]
    display = ours["display"].get(alpha2) or iso_names[0]
    display_fr = ours["display_fr"].get(alpha2) or french[alpha2].replace("’", "'")
    official = ours["official"].get(alpha2) or (iso_names[1] or display)
    shared = {key(n) for n in ours["ambiguous"]}
    taken = {key(display), key(official), key(display_fr)} | shared
    names = unique([*iso_names, english[alpha2], *ours["names"].get(alpha2, [])], taken)
    iso_french = [to_french(n) for n in iso_names if n]
    names_fr = unique([french[alpha2], *iso_french, *ours["names_fr"].get(alpha2, [])], taken)
    region, subregion, intermediate = placed(alpha2, parents)
    return {
        "alpha2": alpha2, "alpha3": alpha3, "m49": m49, "name": display, "official": official, "name_fr": display_fr,
        "names": names, "names_fr": names_fr, "codes": ours["codes"].get(alpha2, []),
        "region": region, "subregion": subregion, "intermediate": intermediate,
        "bali_process": alpha2 in ours["bali_process"], "project_country": alpha2 in ours["project"],
        "pilot": alpha2 in ours["pilot"], "note": ours["note"].get(alpha2),
    }  # fmt: skip


def build(cldr: Path) -> Json:
    ours: Json = yaml.safe_load((HERE / "geography.yaml").read_text("utf-8"))
    supplemental = cldr / "supplemental"
    tree = json.loads((supplemental / "territoryContainment.json").read_text("utf-8"))
    codes = json.loads((supplemental / "codeMappings.json").read_text("utf-8"))["supplemental"]["codeMappings"]
    parents = parents_of(tree["supplemental"]["territoryContainment"])
    rows = []
    for iso in pycountry.countries:
        mapped = codes[iso.alpha_2]
        if (mapped["_alpha3"], mapped["_numeric"]) != (iso.alpha_3, iso.numeric):
            raise ValueError(f"CLDR and ISO disagree about {iso.alpha_2}")
        rows.append(entry(iso.alpha_2, ours, parents, iso.alpha_3, iso.numeric))
    rows.append(entry("XK", ours, parents, "XKX", None))
    rows.sort(key=lambda c: key(c["name"]))
    tops = {"202": "002", "419": "019"}
    under = {"011": "202", "014": "202", "017": "202", "018": "202", "005": "419", "013": "419", "029": "419"}
    regions = [
        {"code": code, "name": names[0], "name_fr": names[1],
         "parent": under.get(code) or tops.get(code) or next((p for p in parents[code] if p in ours["regions"]), None)}
        for code, names in sorted(ours["regions"].items())
    ]  # fmt: skip
    cldr_version = json.loads((cldr / "package.json").read_text("utf-8"))["version"]
    return {
        "made_by": "tools/reference/countries.py",
        "sources": {"cldr-core": cldr_version, **{p: version(p) for p in ("babel", "pycountry")}},
        "reviewed": "names and codes by the developers; bali_process from memory of the member list on baliprocess.net,"
        " to be reviewed by the centre",
        "regions": regions,
        "countries": rows,
        "former": ours["former"],
        "ambiguous": ours["ambiguous"],
        "specials": ours["specials"],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cldr", type=Path, required=True)
    TARGET.write_text(json.dumps(build(parser.parse_args().cldr), ensure_ascii=False, indent=1) + "\n", "utf-8")
