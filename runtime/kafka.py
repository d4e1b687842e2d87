"""How the brokers are reached: the same for every client of Kafka."""

import ssl
from typing import Any

from runtime.settings import ServiceSettings


def brokers(settings: ServiceSettings) -> dict[str, Any]:
    """What every client of aiokafka is made with: where the brokers are, and TLS and the user where there are any.

    Raises OSError or ssl.SSLError for a file of certificates that cannot be read.
    """
    where: dict[str, Any] = {"bootstrap_servers": settings.kafka_bootstrap}
    if settings.kafka_security == "none":
        return where
    where |= {"security_protocol": "SSL", "ssl_context": tls(settings)}
    if settings.kafka_user is not None and settings.kafka_password is not None:
        where |= {
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": settings.kafka_mechanism,
            "sasl_plain_username": settings.kafka_user,
            "sasl_plain_password": settings.kafka_password.get_secret_value(),
        }
    return where


def tls(settings: ServiceSettings) -> ssl.SSLContext:
    """The brokers' certificates and names are checked. Raises as ``brokers``."""
    return ssl.create_default_context(cafile=settings.kafka_ca_file)
