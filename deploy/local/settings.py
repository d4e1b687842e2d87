"""Settings of the embedded stack, from VRS_* variables and `.env`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]

Port = Annotated[int, Field(ge=0, le=65_535)] | Literal["auto"]
Workers = Annotated[int, Field(ge=0, le=12)]  # more than the partitions of a topic would stand idle


class LocalSettings(BaseSettings):
    """Where the stack keeps its data, where it listens, and how many workers each service has."""

    model_config = SettingsConfigDict(env_prefix="VRS_", env_file=ROOT / ".env", extra="ignore")

    var: Path = Path("var")
    cache: Path = Path(".cache")

    gateway_port: Port = 8080
    kafka_port: Port = 9092
    mongo_port: Port = 27017
    smtp_port: Port = 8025
    ingest_port: Port = 8081
    validation_port: Port = 8082
    aggregation_port: Port = 8083
    notification_port: Port = 8084

    gateway_workers: Workers = 1
    ingest_workers: Workers = 1
    validation_workers: Workers = 1
    aggregation_workers: Workers = 1
    notification_workers: Workers = 1

    terminal_level: Literal["debug", "info", "warning", "error"] = "warning"

    @field_validator("var", "cache")
    @classmethod
    def absolute(cls, path: Path) -> Path:
        """Relative folders stand in the repository, from wherever make is called."""
        return ROOT / path

    def workers(self) -> dict[str, int]:
        """Processes per service."""
        names = ("gateway", "ingest", "validation", "aggregation", "notification")
        return {name: getattr(self, f"{name}_workers") for name in names}
