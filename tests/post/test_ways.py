"""A way out that leads nowhere is a letter that was not sent, never the end of the house."""

import aiohttp
import pytest

from bridge.post import Kind, Letter, NotSent
from bridge.post.mail import Mail, Mailbox
from bridge.post.webhook import Webhook
from tests.cast import CONFERENCE, MORNING

LETTER = Letter(
    conference=CONFERENCE,
    position=5,
    kind=Kind.OPENED,
    incident=1,
    title="Mất điện: 14 điểm cầu",
    text="Mất điện: 14 điểm cầu",
    facts=b"{}",
    at_ms=MORNING,
)
NO_NAMES = ["thu..example.gov.vn", "x" * 70 + ".vn", "."]
"""Whoever writes such a name into the settings finds it nowhere, and the name's own letters are wrong."""


@pytest.mark.parametrize("host", NO_NAMES)
async def test_a_mail_server_whose_name_is_none_is_not_reached(host: str) -> None:
    mail = Mail(Mailbox(host, 25, "none", "", ""), "truc-ban@example.gov.vn", ["ubnd@example.gov.vn"])
    with pytest.raises(NotSent, match="không gửi được qua máy chủ thư"):
        await mail.send(LETTER)


@pytest.mark.parametrize("host", NO_NAMES)
async def test_a_receiver_whose_name_is_none_is_not_reached(host: str) -> None:
    async with aiohttp.ClientSession() as http:
        webhook = Webhook(http, f"http://{host}/bridge", "a secret", lambda: 1)
        with pytest.raises(NotSent, match="không kết nối được với nơi nhận"):
            await webhook.send(LETTER)
