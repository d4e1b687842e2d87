"""What every service is told from outside, by environment variables with the prefix ``VRS_``."""

from pathlib import Path
from typing import Literal, Self

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.topics import Topic


class ServiceSettings(BaseSettings):
    """Base of each service's one settings class. Defaults fit the local stack."""

    model_config = SettingsConfigDict(env_prefix="VRS_", frozen=True, extra="ignore")

    kafka_bootstrap: str = "127.0.0.1:9092"
    kafka_security: Literal["none", "tls"] = "none"
    kafka_ca_file: Path | None = None
    """With TLS: the certificates that the brokers' are signed with, as PEM; None for those the system trusts."""
    kafka_user: str | None = None
    kafka_password: SecretStr | None = None
    kafka_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    topic_prefix: str = ""
    """Put before every topic's and group's name, so that several systems can share a broker."""
    kafka_session_timeout_ms: int = 6_000
    """After so long without a heartbeat (three in that time) a worker's partitions go to others: whoever was killed
    holds up its partitions for this long, also where it is back after two seconds."""
    mongo_url: str = "mongodb://127.0.0.1:27017/?replicaSet=vrs&directConnection=true"
    mongo_database: str = "vrs"
    bind: str = "127.0.0.1"
    log_level: str = "INFO"
    effect_timeout_seconds: float = 10.0
    """How long one database write or publication may take before it counts as not done."""
    retry_seconds: float = 60.0
    """How long an effect is tried again while its partition waits, before the process exits to be restarted."""
    halt_after_invalid: int = 1_000
    """A consumer stops when so many messages in a row are invalid: a bad release halts instead of emptying a topic."""

    @model_validator(mode="after")
    def _a_password_travels_in_tls(self) -> Self:
        if (self.kafka_user is None) != (self.kafka_password is None):
            raise ValueError("kafka_user and kafka_password go together")
        if self.kafka_security == "none" and (self.kafka_user is not None or self.kafka_ca_file is not None):
            raise ValueError("kafka_user and kafka_ca_file need kafka_security=tls")
        return self

    def topic(self, topic: Topic | str) -> str:
        """The name of a topic on this broker."""
        return self.topic_prefix + (topic if isinstance(topic, str) else topic.name)

    def group(self, name: str) -> str:
        """The name of a consumer group on this broker."""
        return f"{self.topic_prefix}vrs.{name}"
