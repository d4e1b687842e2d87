"""What the portal is told from outside, beside the gateway's own settings."""

from datetime import timedelta

from runtime.settings import ServiceSettings


class PortalSettings(ServiceSettings):
    """Environment variables ``VRS_PORTAL_*``; the defaults fit the local stack."""

    portal_secure_cookies: bool = True
    """Browsers keep such cookies from http://127.0.0.1 and http://localhost too. Off only for plain HTTP elsewhere."""
    portal_idle_minutes: int = 60
    """A session ends when nothing was asked for so long."""
    portal_session_hours: int = 12
    """A session ends then in any case."""
    portal_map_disclaimer: str = (
        "The boundaries and names shown and the designations used on this map do not imply official endorsement "
        "or acceptance by the United Nations."
    )

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.portal_idle_minutes)

    @property
    def longest(self) -> timedelta:
        return timedelta(hours=self.portal_session_hours)

    def cookie(self, name: str) -> str:
        """A cookie's full name: ``__Host-`` binds it to this very host, and browsers take it only when secure."""
        return f"__Host-{name}" if self.portal_secure_cookies else name
