"""Writes contracts/reference/currencies.json: ISO 4217 codes of money in use, and those withdrawn since 2009.

In: `pycountry` (codes and names of today), `babel` (names of withdrawn codes); minor units are the list of ISO 4217.
Left out: metals, funds, units of account and test codes: nobody pays a smuggler in them.
Run: python -m tools.reference.currencies
"""

import json
from importlib.metadata import version
from pathlib import Path

import pycountry
from babel import Locale

TARGET = Path(__file__).parents[2] / "contracts" / "reference" / "currencies.json"
NO_MONEY = "BOV CHE CHW CLF COU MXV USN UYI UYW XAD XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"
# Reports reach back to 2009, the first year of the charts in the project's documents.
WITHDRAWN = "ANG BGN BYR CUC EEK HRK LTL LVL MRO SLL STD TMM VEF ZMK ZWL"
NO_CENTS = "BIF BYR CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"


def digits(code: str) -> int:
    return 0 if code in NO_CENTS.split() else 3 if code in THOUSANDTHS.split() else 2


def build() -> dict[str, object]:
    today = {c.alpha_3: c.name for c in pycountry.currencies if c.alpha_3 not in NO_MONEY.split()}
    names = {**{code: Locale("en").currencies[code] for code in WITHDRAWN.split()}, **today}
    rows = {
        code: {"name": name, "digits": digits(code), "current": code in today and code not in WITHDRAWN.split()}
        for code, name in sorted(names.items())
    }
    return {
        "made_by": "tools/reference/currencies.py",
        "sources": {p: version(p) for p in ("babel", "pycountry")},
        "currencies": rows,
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(build(), ensure_ascii=False, indent=1) + "\n", "utf-8")
