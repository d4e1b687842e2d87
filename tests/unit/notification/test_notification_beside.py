"""What the service does beside reading its topics: the calendar and the mails."""

import asyncio

from runtime.retry import effects_under_way, retrying
from services.notification.app import every
from services.notification.settings import NotificationSettings


async def test_a_pass_of_the_mailer_that_takes_hours_excuses_no_consumer_that_stands_still() -> None:
    stop, seen = asyncio.Event(), list[bool]()

    async def look() -> None:
        seen.append(effects_under_way())
        stop.set()

    settings = NotificationSettings()
    await every(settings, stop, "notification.mail", look)
    await retrying(settings, "the effect of a message", look)
    assert seen == [False, True]
    assert not effects_under_way()
