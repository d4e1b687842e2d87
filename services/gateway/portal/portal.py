"""What every page stands on, made once when the gateway starts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from services.gateway.portal.accounts.passwords import Passwords
from services.gateway.portal.accounts.store import Accounts
from services.gateway.portal.frame import Frame
from services.gateway.portal.menu import Entry
from services.gateway.portal.pipeline import Pipeline
from services.gateway.portal.settings import PortalSettings
from services.gateway.ports import Gateway

if TYPE_CHECKING:  # the returns' own package imports this module
    from services.gateway.portal.returns.drafts import Drafts


@dataclass(frozen=True)
class Portal:
    """``gateway``: the ports that the interface's own functions take."""

    settings: PortalSettings
    gateway: Gateway
    accounts: Accounts
    pipeline: Pipeline
    frame: Frame
    entries: Sequence[Entry]
    drafts: "Drafts"
    passwords: Passwords = field(default_factory=Passwords)

    def now(self) -> datetime:
        """The gateway's clock, in whole milliseconds as the database keeps them."""
        now = self.gateway.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
