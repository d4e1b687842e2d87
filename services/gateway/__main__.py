"""Run the gateway: ``python -m services.gateway``."""

from runtime.process import run
from services.gateway.app import main
from services.gateway.settings import GatewaySettings

if __name__ == "__main__":
    settings = GatewaySettings()
    run("gateway", settings.log_level, lambda stop: main(settings, stop))
