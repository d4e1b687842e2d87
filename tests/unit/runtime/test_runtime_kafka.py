"""What clients of Kafka are told, and what settings are refused."""

import pytest
from pydantic import SecretStr, ValidationError

from runtime.kafka import brokers
from runtime.settings import ServiceSettings


def test_without_more_said_the_brokers_are_spoken_to_as_they_stand() -> None:
    assert brokers(ServiceSettings(kafka_bootstrap="one:9092,two:9092")) == {"bootstrap_servers": "one:9092,two:9092"}


def test_with_tls_names_and_certificates_are_checked() -> None:
    told = brokers(ServiceSettings(kafka_security="tls"))
    assert told["security_protocol"] == "SSL"
    assert told["ssl_context"].check_hostname
    assert "sasl_mechanism" not in told


def test_a_user_is_told_with_its_mechanism_and_the_password_is_shown_nowhere() -> None:
    settings = ServiceSettings(kafka_security="tls", kafka_user="vrs", kafka_password=SecretStr("synthetic"))
    told = brokers(settings)
    assert (told["security_protocol"], told["sasl_mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert (told["sasl_plain_username"], told["sasl_plain_password"]) == ("vrs", "synthetic")
    assert "synthetic" not in repr(settings)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"kafka_user": "vrs", "kafka_password": "p"}, "need kafka_security=tls"),
        ({"kafka_ca_file": "ca.pem"}, "need kafka_security=tls"),
        ({"kafka_security": "tls", "kafka_user": "vrs"}, "go together"),
        ({"kafka_security": "tls", "kafka_password": "p"}, "go together"),
    ],
)
def test_a_password_in_the_clear_or_half_a_login_is_refused_at_the_start(told: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        ServiceSettings.model_validate(told)
