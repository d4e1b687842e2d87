"""Writes docs/findings.md from the registry: ``python -m tools.findings_page``. A test fails when the page is old."""

from itertools import groupby
from pathlib import Path

from contracts.finding_kinds import FINDINGS
from contracts.findings import FindingKind
from services.validation.case import MOST_COUNTED
from services.validation.rules.judgement import MOST_FINDINGS
from services.validation.rules.numbers import MOST_PAID
from services.validation.rules.periods import ABSOLUTE, RATIO
from services.validation.rules.sums import NEARLY_ALL

PAGE = Path(__file__).parents[1] / "docs" / "findings.md"
HEAD = f"""# Findings

Everything that the system says about a report, by code. Written by `python -m tools.findings_page` from
`contracts/finding_kinds.py`; never edited by hand.

- A **blocker** rejects the report; the revision in force stays.
- **explain** asks for a reason: a `comment` or `caveat` at that row, at that answer or at the total that it is about,
  or an explanation sent afterwards. Until then the submission is in `needs_explanation`. Once explained, the finding
  stays on the report, without a suggestion.
- A **warning** goes along with the report.

All findings of a report are given at once, in the order of the template, at most {MOST_FINDINGS:,}. `pointer` says
where (RFC 6901), `suggestion` what might be meant or done. In the sentences, words in braces are filled in.

## What is compared with what

The documents name the rules; these details are inferred, and stand in `services/validation/rules/` with their reasons.

- A count above {MOST_COUNTED:,} and an amount above {MOST_PAID:,} are slips.
- Sums have no tolerance. Where no total is stated, a complete division (gender and age, gender) stands for it, and a
  list of the most frequent members that reaches {NEARLY_ALL:.0%} of it or more is meant to be the whole.
- Smuggled migrants (the total, or else the largest breakdown) are at most the illegal entries, exits and residences
  together, as far as these are stated. Convicted migrant smugglers are at most the suspects.
- A jump is {RATIO} times as much or as little as in the cycle before, and {ABSOLUTE} apart; compared are totals and
  citizenships that both reports name.
- Quarters, halves and years: where all parts are there they sum to the whole, otherwise they are at most the whole.
- A part of an agency is judged by the same rules as a national return.
"""
TITLES = {
    "agency": "Agencies",
    "answer": "Answers",
    "code": "Codes",
    "command": "Commands",
    "convicted": "Convicted migrant smugglers",
    "country": "Countries",
    "cycle": "Cycles",
    "dimension": "Dimensions",
    "event": "Events",
    "fee": "Methods and fees",
    "idempotency": "Idempotency keys",
    "jump": "Against the cycle before",
    "number": "Numbers",
    "overlap": "Overlaps of agencies",
    "parameter": "Parameters of a request",
    "period": "Parts of a period",
    "personal_data": "Personal data",
    "place": "Places",
    "question": "Questions",
    "report": "Reports",
    "reporter": "Reporters",
    "route": "Routes",
    "row": "Rows",
    "sender": "Senders",
    "shape": "Shape",
    "sharing": "Sharing",
    "smuggled": "Smuggled migrants",
    "status": "Statuses",
    "sum": "Sums",
    "template": "Templates",
    "total": "Totals",
    "value": "Values",
}


def page() -> str:
    """The page as it should be."""
    parts = [HEAD]
    kinds = sorted(FINDINGS.values(), key=lambda kind: kind.code)
    for area, group in groupby(kinds, key=lambda kind: kind.code.partition(".")[0]):
        parts.append(f"## {TITLES[area]}\n")
        parts.append("| code | severity | says | example |\n| --- | --- | --- | --- |")
        parts.append("\n".join(map(_line, group)) + "\n")
    return "\n".join(parts)


def _line(kind: FindingKind) -> str:
    cells = (f"`{kind.code}`", kind.severity, kind.sentence, kind.example)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
