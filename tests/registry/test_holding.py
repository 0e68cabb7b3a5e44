"""Once something is revoked everybody on an open socket is asked again, all at once and soon."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry import holding
from endpoints_registry.door import CREDENTIAL, Credential
from endpoints_registry.holding import Held
from endpoints_registry.registry import Registry
from tests.flows.house import PATIENCE_S

HALLS = ("01-01", "00004-01", "00004-02")


async def open_sockets(registry: Registry) -> dict[str, web.Request]:
    """By name: a phone's of each hall, and the machine's of one."""
    made = {}
    for code, link in (await registry.issue_links(HALLS)).items():
        token, _ = await registry.exchange(link.handle, link.secret, f"phone-{code}", "127.0.0.1")
        made[code] = {"Bridge-Link": link.handle, "Cookie": f"{registry.keyring.link_cookie(link.handle)}={token}"}
    made["agent"] = {"Authorization": f"Bearer {(await registry.issue_tokens(HALLS[:1]))[HALLS[0]]}"}
    sockets = {}
    for name, headers in made.items():
        request = make_mocked_request("GET", "/ws/point", headers=CIMultiDict(headers))
        credential = await registry.keyring.found(request)
        assert isinstance(credential, Credential)
        request[CREDENTIAL] = credential
        sockets[name] = request
    return sockets


@contextmanager
def opened(held: Held, sockets: Mapping[str, web.Request], gone: asyncio.Queue[str]) -> Iterator[None]:
    """All of them held open; who is sent away is put into `gone`."""

    def away(name: str) -> holding.SendAway:
        async def sent_away(_again: bool) -> None:
            gone.put_nowait(name)

        return sent_away

    with ExitStack() as each:
        for name, request in sockets.items():
            each.enter_context(held.holding(request, away(name)))
        yield


async def test_all_halls_are_read_back_in_one_reading(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    sockets = await open_sockets(registry)
    store, read = type(registry.store), 0
    reading = store.reading

    @asynccontextmanager
    async def counted(self: object) -> AsyncIterator[AsyncConnection]:
        nonlocal read
        read += 1
        async with reading(self) as connection:  # type: ignore[arg-type]
            yield connection

    monkeypatch.setattr(store, "reading", counted)
    registry.keyring.forget()
    held, gone = Held(registry.keyring), asyncio.Queue[str]()
    held._epoch -= 1
    with opened(held, sockets, gone):
        await held.look()
    assert (read, gone.qsize()) == (1, 0)


async def test_who_lost_the_right_is_sent_away_at_once_and_nobody_else(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What runs out by itself is looked at rarely here: what is seen soon was seen because it was revoked.
    monkeypatch.setattr(holding, "EVERY_S", 600.0)
    monkeypatch.setattr(holding, "SPACING_S", 0.0)
    sockets = await open_sockets(registry)
    held, gone = Held(registry.keyring), asyncio.Queue[str]()
    with opened(held, sockets, gone):
        looking = asyncio.create_task(held.run())
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.sleep(0)
            await registry.revoke_links([HALLS[1]])
            assert await gone.get() == HALLS[1]
            await registry.revoke_tokens(HALLS[:1])
            assert await gone.get() == "agent"
        looking.cancel()
        await asyncio.wait([looking])
    assert gone.empty()
