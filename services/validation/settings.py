"""What a validation worker is told from outside."""

from runtime.settings import ServiceSettings


class ValidationSettings(ServiceSettings):
    """Defaults fit the local stack."""

    validation_port: int = 0
    """Port of health, metrics and ``POST /judge``; 0 takes a free one."""
