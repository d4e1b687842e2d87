"""What the README and the guides print works as it is printed, after the demonstration."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.outside import Outside

pytestmark = [pytest.mark.slow, pytest.mark.timeout(700)]
PAGES = (
    "README.md",
    "docs/guides/agency-integrator.md",
    "docs/guides/focal-point.md",
    "docs/guides/operations.md",
)
BLOCK = re.compile(
    r"^```sh runnable\n(?P<code>.*?)^```\n(?P<shows>(?:<!-- shows: .*? -->\n)*)", re.MULTILINE | re.DOTALL
)
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Block:
    """Commands, and what their output has to hold."""

    code: str
    shows: tuple[str, ...]


def blocks(page: str) -> list[Block]:
    found = BLOCK.finditer((ROOT / page).read_text("utf-8"))
    return [Block(one["code"], tuple(re.findall(r"<!-- shows: (.*?) -->", one["shows"]))) for one in found]


@pytest.fixture(scope="module")
def demonstration(system: Outside) -> Outside:
    system.vrs("demo", seconds=300)
    return system


def test_a_second_run_of_the_demonstration_changes_nothing(demonstration: Outside) -> None:
    centre = demonstration.as_("centre")

    def everything() -> tuple[object, ...]:
        submissions = sorted((one["id"], one["state"]) for one in centre.items("/submissions", {"cycle": "2012"}))
        figures = sorted(
            (row["indicator"], row["member"], row["value"]) for row in demonstration.rows("citizenship", period="2012")
        )
        return submissions, figures, list(centre.items("/cycles")), list(centre.items("/participants"))

    before = everything()
    shown = demonstration.vrs("demo", seconds=300)
    assert everything() == before
    for expected in ("Cambodia", "10000", "Afghanistan > Pakistan > Malaysia > Indonesia", "Bearer", "overdue"):
        assert expected in shown


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_work_as_printed(demonstration: Outside, page: str) -> None:
    told = demonstration.told
    found = blocks(page)
    assert found
    # One shell for the page, as a reader has one; a line between the blocks tells their outputs apart.
    mark = "==== end of block ===="
    script = "set -euo pipefail\n" + "".join(f"{one.code}\necho; echo '{mark}'\n" for one in found)
    # The stack of the tests stands elsewhere.
    script = script.replace("var/env", str(told.var / "env"))
    programs = {".venv/bin/vrs": f"{sys.executable} -m cli.main", ".venv/bin/python": sys.executable}
    script = re.sub(r"\.venv/bin/(?:vrs|python)\b", lambda found: programs[found[0]], script)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env={**demonstration.stack.environment, "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr}"
    for one, output in zip(found, done.stdout.split(mark), strict=False):
        for expected in one.shows:
            assert expected in output, f"{one.code}\ndoes not show {expected!r} but\n{output[-2000:]}"
