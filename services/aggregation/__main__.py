"""``python -m services.aggregation``: one worker; any number may run."""

from runtime.process import run
from services.aggregation.app import main
from services.aggregation.settings import AggregationSettings

if __name__ == "__main__":
    settings = AggregationSettings()
    run("aggregation", settings.log_level, lambda stop: main(settings, stop))
