"""To chats and gateways, by way of Apprise: an extra that is only asked for where somebody wants it."""

from collections.abc import Sequence
from importlib import import_module

from bridge.post import Letter, NotSent


class Services:
    name = "apprise"

    def __init__(self, addresses: Sequence[str]) -> None:
        self._services = import_module("apprise").Apprise()
        for address in addresses:
            self._services.add(address)

    async def send(self, letter: Letter) -> None:
        # One that is told and one that is not are told alike again: twice is better than never.
        if not await self._services.async_notify(title=letter.title, body=letter.text):
            raise NotSent("một dịch vụ nhắn tin không nhận")
