"""The ways out of this house, as its settings have them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from bridge.clock import Clock
from bridge.post import Channel
from bridge.post.mail import Mail, Mailbox
from bridge.post.postman import Log
from bridge.post.services import Services
from bridge.post.webhook import Webhook
from bridge.settings import PostSettings


@asynccontextmanager
async def ways_out(settings: PostSettings, real: Clock) -> AsyncIterator[tuple[Channel, ...]]:
    """The log always; the others where somebody has named them."""
    ways: list[Channel] = [Log()]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        if settings.webhook_url:
            secret = settings.webhook_secret.get_secret_value()
            ways.append(Webhook(http, settings.webhook_url, secret, lambda: real.now() // 1000))
        if settings.smtp_host:
            mailbox = Mailbox(
                settings.smtp_host,
                settings.smtp_port,
                settings.smtp_security,
                settings.smtp_user,
                settings.smtp_password.get_secret_value(),
            )
            ways.append(Mail(mailbox, settings.mail_from, settings.mail_to))
        if settings.apprise:
            ways.append(Services([each.get_secret_value() for each in settings.apprise]))
        yield tuple(ways)
