"""What every service is told from outside, by environment variables with the prefix ``VRS_``."""

from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.topics import Topic


class ServiceSettings(BaseSettings):
    """Base of each service's one settings class. Defaults fit the local stack."""

    model_config = SettingsConfigDict(env_prefix="VRS_", frozen=True, extra="ignore")

    kafka_bootstrap: str = "127.0.0.1:9092"
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

    def topic(self, topic: Topic | str) -> str:
        """The name of a topic on this broker."""
        return self.topic_prefix + (topic if isinstance(topic, str) else topic.name)

    def group(self, name: str) -> str:
        """The name of a consumer group on this broker."""
        return f"{self.topic_prefix}vrs.{name}"
