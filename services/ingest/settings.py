"""What ingest is told from outside."""

from runtime.settings import ServiceSettings


class IngestSettings(ServiceSettings):
    """Environment variables with the prefix ``VRS_``."""

    ingest_port: int = 0
    """Of the health port; 0 takes any that is free."""
