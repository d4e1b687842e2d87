"""What the README and the guides print finds the stack where it listens, and names what production has to set."""

import re
import subprocess
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from cli.settings import CliSettings
from deploy.local.environment import stack_environment, write_environment
from deploy.local.ports import Ports
from services.aggregation.settings import AggregationSettings
from services.gateway.portal.settings import PortalSettings
from services.gateway.settings import GatewaySettings
from services.ingest.settings import IngestSettings
from services.notification.settings import NotificationSettings
from services.validation.settings import ValidationSettings

ROOT = Path(__file__).resolve().parents[3]
GUIDES = ROOT / "docs" / "guides"
PAGES = (ROOT / "README.md", GUIDES / "agency-integrator.md", GUIDES / "focal-point.md")
SETTINGS: tuple[type[BaseSettings], ...] = (
    *(AggregationSettings, GatewaySettings, IngestSettings, NotificationSettings, PortalSettings, ValidationSettings),
    CliSettings,
)
OF_THIS_MACHINE = ("127.0.0.1", ".example", "var/")


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.name)
def test_the_commands_of_a_page_find_the_stack_on_whatever_ports_it_listens(page: Path, tmp_path: Path) -> None:
    ports = Ports.free()
    (tmp_path / "var").mkdir()
    write_environment(tmp_path / "var", stack_environment(tmp_path / "var", ports))
    [*lines] = re.findall(r"^(?:API|BROKER)=.*$", page.read_text("utf-8"), re.MULTILINE)
    script = "\n".join([*lines, 'echo "$API ${BROKER-}"'])
    done = subprocess.run(["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    api, *broker = done.stdout.split()
    assert api == f"http://127.0.0.1:{ports.gateway}/api/v1"
    assert broker in ([], [f"127.0.0.1:{ports.kafka}"])
    runnable = "".join(re.findall(r"^```sh runnable$.*?^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL))
    assert not re.search(r"127\.0\.0\.1:\d", runnable)


def test_the_guide_names_every_setting_whose_default_is_of_this_machine() -> None:
    guide = (GUIDES / "operations.md").read_text("utf-8")
    section = guide.partition("## Must be set in production")[2].partition("\n## ")[0]
    local = {
        f"VRS_{name.upper()}"
        for one in SETTINGS
        for name, field in one.model_fields.items()
        if any(mark in str(field.default) for mark in OF_THIS_MACHINE)
    }
    assert {"VRS_PORTAL_URL", "VRS_MAIL_FROM", "VRS_CENTRE_EMAIL", "VRS_TOKEN_KEY_FILE"} <= local
    assert {name for name in local if f"`{name}`" not in section} == set()
