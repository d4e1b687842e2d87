"""``python -m services.notification``: any number of these share the work."""

from runtime.process import run
from services.notification.app import main
from services.notification.settings import NotificationSettings

if __name__ == "__main__":
    settings = NotificationSettings()
    run("notification", settings.log_level, lambda stop: main(settings, stop))
