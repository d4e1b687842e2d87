"""What the gateway is told from outside."""

from pathlib import Path
from typing import Self

from runtime.settings import ServiceSettings


class GatewaySettings(ServiceSettings):
    """Environment variables ``VRS_*``; the defaults fit the local stack."""

    gateway_port: int = 8080
    token_key_file: Path = Path("var/token.key")
    """The secret that signs and verifies tokens: at least 32 bytes."""
    token_key_old_file: Path | None = None
    """The secret before this one: tokens that it signed stay good while it is named here."""
    gateway_effect_seconds: float = 4.0
    """How long one publication or one look-up may take: shorter than a worker's, because a person waits for it."""
    gateway_answer_seconds: float = 5.0
    """A sender gets an answer to what it posts within this time: a 202, or a 503 that says "send it again"."""
    gateway_unsettled_publications: int = 200
    """So many publications may be under way past their answer; then the gateway says 503 at once."""
    validation_url: str = "http://127.0.0.1:8082"
    """Where validation answers ``POST /judge``, for dry runs."""
    submission_wait_seconds: float = 2.0
    """How long a status is waited for before it counts as not existing: publishing precedes recording."""
    claim_look_up_seconds: float = 0.5
    """How long looking up a used Idempotency-Key may hold up a submission; ingest looks again in any case."""
    replication_factor: int = 1
    """Of the topics made for a new agency; 3 in production."""
    requests_per_minute: int = 0
    """Per token subject; 0 is no limit."""

    def impatient(self) -> Self:
        """The same with the gateway's own, shorter time for one effect."""
        seconds = min(self.effect_timeout_seconds, self.gateway_effect_seconds)
        return self.model_copy(update={"effect_timeout_seconds": seconds})
