"""What a run came to: figures and findings, as JSON for machines and as a page for people."""

import json
import math
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.faults import TARGET


@dataclass
class Healing:
    """One fault, and the seconds from its healing until everything acknowledged before it was judged."""

    fault: str
    family: str
    seconds: float


@dataclass
class Account:
    """Filled as a run goes on; ``findings`` empty is the only good end."""

    seed: int
    faults: int
    submissions: int
    begun: str = ""
    seconds: float = 0.0
    healings: list[Healing] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    exits: int = 0
    mails: dict[str, Any] = field(default_factory=dict)
    phases: dict[str, float] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    carried: dict[str, int] = field(default_factory=dict)

    def percentile(self, family: str, share: float = 0.95) -> float | None:
        """The recovery time that ``share`` of a family's faults stayed within."""
        times = sorted(one.seconds for one in self.healings if one.family == family)
        return times[math.ceil(share * len(times)) - 1] if times else None

    def table(self) -> str:
        """The page's part about this run, in Markdown."""
        lines = [
            f"Seed {self.seed}: {self.faults} faults, {self.submissions} submissions, {self.seconds:.0f} s; "
            f"{self.exits} exits of processes, all started again by the supervisor.",
            "",
            "| recovery of | faults | median s | 95th percentile s | longest s | target s |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        counts = Counter(one.family for one in self.healings)
        for family, target in TARGET.items():
            if counts[family]:
                figures = [self.percentile(family, share) or 0.0 for share in (0.5, 0.95, 1.0)]
                shown = " | ".join(f"{one:.1f}" for one in figures)
                lines.append(f"| {family} | {counts[family]} | {shown} | {target if target < math.inf else '–'} |")
        lines += ["", "| counted | |", "| --- | --- |"]
        lines += [f"| {name} | {count} |" for name, count in {**self.counts, **self.mails}.items()]
        lines += ["", f"Findings: {len(self.findings)}.", *(f"- {one}" for one in self.findings[:50])]
        return "\n".join(lines)

    def write(self, folder: Path) -> None:
        """``account.json`` and ``account.md``."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "account.json").write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")
        (folder / "account.md").write_text(self.table() + "\n")
