"""Brokers as an installation has them: TLS, a user, a password. Every client of Kafka in the system meets them."""

import dataclasses
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.local.java import find_java
from deploy.local.kafka import java_command
from deploy.local.ports import HOST, Ports, free_port
from deploy.local.settings import ROOT
from deploy.local.stack import Stack
from runtime.outcome import NotNow
from runtime.publisher import Publisher
from runtime.settings import ServiceSettings
from tests.e2e.outside import Outside, returned, wait

pytestmark = pytest.mark.slow
USER, PASSWORD = "vrs", "synthetic-7f3a"
CYCLE = "2013-H1"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"


@dataclasses.dataclass(frozen=True)
class Guarded:
    """A stack whose services know no other listener than the guarded one, and what that one's clients are told."""

    stack: Stack
    settings: ServiceSettings


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    store, certificate = certified(tmp_path)
    port = free_port(set())
    settings = ServiceSettings(
        kafka_bootstrap=f"{HOST}:{port}",
        kafka_security="tls",
        kafka_ca_file=certificate,
        kafka_user=USER,
        kafka_password=SecretStr(PASSWORD),
        effect_timeout_seconds=5,
    )
    with Stack(tmp_path / "var", Ports.free()) as stack:
        open_listener(stack, port, store)
        stack.start_one("kafka")
        make_user(stack)
        stack.environment |= {
            "VRS_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
            "VRS_KAFKA_SECURITY": "tls",
            "VRS_KAFKA_CA_FILE": str(certificate),
            "VRS_KAFKA_USER": USER,
            "VRS_KAFKA_PASSWORD": PASSWORD,
        }
        yield Guarded(stack, settings)


def certified(folder: Path) -> tuple[Path, Path]:
    """A key and its certificate for 127.0.0.1, for the broker; the certificate alone, for its clients."""
    store, certificate = folder / "broker.p12", folder / "broker.pem"
    made = ("-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12", "-dname", f"CN={HOST}", "-validity", "3650")
    # As a certificate that others are signed with: this one is signed with itself.
    extensions = ("-ext", f"SAN=ip:{HOST}", "-ext", "BC:c=ca:true", "-ext", "KU:c=digitalSignature,keyCertSign")
    keytool(store, *made, *extensions)
    keytool(store, "-exportcert", "-rfc", "-file", str(certificate))
    return store, certificate


def keytool(store: Path, *arguments: str) -> None:
    tool = Path(find_java() or "java").with_name("keytool")
    told = (*arguments, "-alias", "broker", "-keystore", str(store), "-storepass", PASSWORD)
    subprocess.run([str(tool), *told], check=True, capture_output=True, timeout=60)


def open_listener(stack: Stack, port: int, store: Path) -> None:
    """Beside its own listeners, by which the stack sees whether it is ready, the broker gets a guarded one."""
    right = stack.components["kafka"]
    own = f"PLAINTEXT://{HOST}:{stack.ports.kafka}"
    values = {
        "listeners": f"{own},CONTROLLER://{HOST}:{stack.ports.controller},GUARDED://{HOST}:{port}",
        "advertised.listeners": f"{own},GUARDED://{HOST}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,GUARDED:SASL_SSL",
        "listener.name.guarded.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.guarded.scram-sha-512.sasl.jaas.config": f"{SCRAM} required;",
        "listener.name.guarded.ssl.keystore.type": "PKCS12",
        "listener.name.guarded.ssl.keystore.location": store,
        "listener.name.guarded.ssl.keystore.password": PASSWORD,
    }

    def prepare() -> None:
        right.prepare()
        with (stack.var / "kafka" / "server.properties").open("a") as properties:
            # What stands later holds.
            properties.writelines(f"{name}={value}\n" for name, value in values.items())

    stack.components["kafka"] = dataclasses.replace(right, prepare=prepare)


def make_user(stack: Stack) -> None:
    told = ("--bootstrap-server", f"{HOST}:{stack.ports.kafka}", "--alter", "--entity-type", "users")
    password = f"SCRAM-SHA-512=[password={PASSWORD}]"
    command = (*java_command(ROOT / ".cache"), "kafka.admin.ConfigCommand", *told)
    subprocess.run([*command, "--entity-name", USER, "--add-config", password], check=True, timeout=60)


def test_over_tls_and_with_a_password_a_return_becomes_a_figure_and_a_mail(guarded: Guarded, tmp_path: Path) -> None:
    guarded.stack.start()
    outside = Outside(guarded.stack)
    try:
        outside.participant("TH")
        unit = {"unit": "Focal point unit of TH", "email": "focal-point@th.example"}
        outside.as_("centre").put("/participants/TH/focal-points/unit-1", unit)
        outside.cycle(CYCLE, "TH")
        outside.accepted(returned("TH", CYCLE, entries={"VN": 98765}))
        outside.until_figure(98765, "citizenship", period=CYCLE, member="VN", indicator="illegal_entries")
        wait("the mail that tells it is accepted", lambda: len(outside.mails("focal-point@th.example")) >= 2)
        for command in (
            ("topics", "plan"),
            ("deadletters", "list"),
            ("aggregates", "rebuild"),
            ("aggregates", "check"),
        ):
            outside.vrs(*command)
        outside.vrs("backup", str(tmp_path / "kept"))
    finally:
        outside.close()


async def test_without_the_password_or_the_right_certificate_nothing_is_published(
    guarded: Guarded, tmp_path: Path
) -> None:
    async def start(**told: object) -> None:
        await (await Publisher(guarded.settings.model_copy(update=told), "vrs/test").start()).stop()

    await start()
    (tmp_path / "other").mkdir()
    _, foreign = certified(tmp_path / "other")
    wrong: tuple[dict[str, object], ...] = (
        {"kafka_password": SecretStr("wrong")},
        {"kafka_user": None, "kafka_password": None},
        {"kafka_ca_file": foreign},
        {"kafka_security": "none"},
    )
    for told in wrong:
        with pytest.raises(NotNow):
            await start(**told)
