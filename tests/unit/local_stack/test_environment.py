"""What the processes of the local stack are told."""

from dataclasses import replace
from pathlib import Path

import pytest

from cli.settings import CliSettings
from deploy.local.environment import stack_environment, write_environment
from deploy.local.ports import Ports
from services.gateway.settings import GatewaySettings
from services.notification.settings import NotificationSettings

PORTS = Ports(
    gateway=18_080, kafka=19_092, controller=19_093, mongo=17_017, smtp=18_025, ingest=18_081, validation=18_082,
    aggregation=18_083, notification=18_084,
)  # fmt: skip


def test_every_mail_links_to_the_portal_where_the_gateway_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for port in (18_080, 8_080):
        for name, value in stack_environment(tmp_path, replace(PORTS, gateway=port)).items():
            monkeypatch.setenv(name, value)
        assert NotificationSettings().portal_url == f"http://127.0.0.1:{port}/"
        assert GatewaySettings().gateway_port == port


def test_the_command_line_reads_from_the_file_of_the_stack_where_it_is(tmp_path: Path) -> None:
    write_environment(tmp_path, stack_environment(tmp_path, PORTS))
    told = CliSettings(_env_file=tmp_path / "env")
    assert (told.gateway_url, told.kafka_bootstrap) == ("http://127.0.0.1:18080", "127.0.0.1:19092")
    # What the README and the guides take their address from.
    assert "VRS_GATEWAY_URL=http://127.0.0.1:18080\n" in (tmp_path / "env").read_text()
