"""The same job as a good user of each of three stream processors would write it, installed apart from the product.

`make bench-peers` installs them; README.md beside this file says how each
expresses the job, and what is unfair to whom.
"""

import re
from pathlib import Path

from bench.contestant import Contestant, cells_differ
from deploy.local.java import find_java

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / "var" / "bench" / "peers"
JAVA_OPTIONS = ("-Xms1g", "-Xmx1g", "-XX:+UseParallelGC", "-XX:+ExitOnOutOfMemoryError")
"""A heap that is there from the start, and the collector of the highest throughput: pauses hurt nobody here."""


def _java(form: str) -> tuple[str, ...]:
    target = HERE / "kafka_streams" / "target"
    path = f"{target / 'classes'}:{target / 'libs'}/*"
    return (find_java() or "java", *JAVA_OPTIONS, "-cp", path, "vrs.bench.Main", form)


def _python(peer: str, program: str) -> tuple[str, ...]:
    return (str(INSTALLED / peer / "bin" / "python"), str(HERE / peer / f"{program}.py"))


CONTESTANTS = [
    Contestant("kafka streams tuned", _java("tuned"), cells_differ),
    Contestant("kafka streams per figure", _java("per-figure"), cells_differ),
    Contestant("quix streams packed", _python("quix_streams", "packed"), cells_differ),
    Contestant("quix streams per figure", _python("quix_streams", "per_figure"), cells_differ, slow=True),
    Contestant("faust tables", _python("faust_tables", "worker"), cells_differ, slow=True),
]


def versions() -> dict[str, str]:
    """Of the stream processors."""
    pom = (HERE / "kafka_streams" / "pom.xml").read_text("utf-8")
    quix = (HERE / "quix_streams" / "requirements.in").read_text("utf-8")
    faust = (HERE / "faust_tables" / "requirements.in").read_text("utf-8")
    found = {
        "peer kafka-streams": re.search(r"kafka-streams</artifactId>\s*<version>([^<]+)", pom),
        "peer quixstreams": re.search(r"quixstreams\S*==(\S+)", quix),
        "peer faust-streaming": re.search(r"faust-streaming==(\S+)", faust),
    }
    return {name: match.group(1) for name, match in found.items() if match}
