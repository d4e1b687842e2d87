"""What the notification service is told from outside."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from contracts.records import Email
from runtime.settings import ServiceSettings

Seconds = Annotated[float, Field(gt=0)]


class NotificationSettings(ServiceSettings):
    """Environment variables ``VRS_NOTIFICATION_PORT``, ``VRS_CENTRE_EMAIL`` and so on."""

    notification_port: int = 8084
    notification_tick_seconds: Seconds = 1.0
    """How often a worker looks at the calendar and at what waits to be sent."""
    notification_reload_seconds: Seconds = 600.0
    """How often every return is read anew, should the database's clock ever have been turned back, and every notice
    that is due is looked at, should its mail have been withheld while no tick saw why."""
    notification_late_days: Annotated[int, Field(ge=1, le=365)] = 14
    """How long after its moment a notice is still worth sending when an outage has held it up."""

    centre_email: Email = "centre@vrs.example"
    portal_url: str = "http://127.0.0.1:8080/"

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8025
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: Email = "no-reply@vrs.example"
    mail_from_name: Annotated[str, Field(max_length=100, pattern=r"^[^\r\n]*$")] = "VRS-MSRC"
    mail_timeout_seconds: Seconds = 10.0
    """How long the mail server may take until it listens to the message. What fails by then is tried again."""
    mail_answer_seconds: Seconds = 600.0
    """How long it may take for its answer to the message (RFC 5321, 4.5.3.2.6): without one nobody can say whether it
    took it, and it is not sent again."""
    mail_lease_seconds: Seconds = 90.0
    """How long a worker may take for one mail before another takes over, besides the wait for that answer."""
    mail_retry_seconds: Annotated[tuple[Seconds, ...], Field(min_length=1)] = (1, 5, 30, 120, 600, 3600)
    """The gaps between tries; the last one repeats."""
    mail_final_tries: Annotated[int, Field(ge=1)] = 5
    """After how many tries a mail server's "never" (5xx) is believed."""
    mail_at_once: Annotated[int, Field(ge=1, le=100)] = 4
    """How many mails a worker is at. As many again may wait for an answer that is late; then no other begins."""

    @property
    def mail_lease(self) -> timedelta:
        return timedelta(seconds=self.mail_lease_seconds)

    @property
    def mail_answer(self) -> timedelta:
        return timedelta(seconds=self.mail_answer_seconds)

    @model_validator(mode="after")
    def _lease_outlasts_a_try(self) -> Self:
        # The wait for the answer to the message is added to the lease of the handing off (notices.py), so that this one
        # has to outlast the way there, and what the database and Kafka take before and after it.
        if self.mail_lease_seconds < 2 * self.mail_timeout_seconds:
            raise ValueError("mail_lease_seconds must be at least twice mail_timeout_seconds")
        return self
