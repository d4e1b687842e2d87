"""``python -m services.validation``: one worker; any number may run."""

from runtime.process import run
from services.validation.app import main
from services.validation.settings import ValidationSettings

if __name__ == "__main__":
    settings = ValidationSettings()
    run("validation", settings.log_level, lambda stop: main(settings, stop))
