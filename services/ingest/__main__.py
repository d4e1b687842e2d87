"""``python -m services.ingest``: one worker, any number of which may run."""

from runtime.process import run
from services.ingest import app
from services.ingest.settings import IngestSettings

if __name__ == "__main__":
    settings = IngestSettings()
    run("ingest", settings.log_level, lambda stop: app.run(settings, stop))
