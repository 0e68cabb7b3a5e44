"""A registry on each of the two databases, and a browser's view of its addresses."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from endpoints_registry.access import Role
from endpoints_registry.database import Store, migrate, open_store
from endpoints_registry.door import ORIGINS, RESOLVE
from endpoints_registry.gate import mount
from endpoints_registry.passwords import Passwords
from endpoints_registry.registry import MIGRATIONS, Registry, open_registry
from endpoints_registry.routes import routes
from tests.databases import Server, name_of
from tests.registry.cast import DAY, NOW, POINTS, UNITS

Browser = TestClient[web.Request, web.Application]
PASSWORD = "một mật khẩu dài"


@dataclass
class Clock:
    """The real clock, told by the test."""

    now: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sqlite_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a registry that holds the cast's units and points, to be copied."""
    file = tmp_path_factory.mktemp("city") / "registry.sqlite"
    asyncio.run(_told_of_the_cast(_sqlite(file)))
    return file


@pytest.fixture(scope="session")
def postgresql_city(postgres: Server) -> Iterator[str]:
    """The name of such a database, to be copied."""
    with postgres.fresh() as address:
        asyncio.run(_told_of_the_cast(address))
        yield name_of(address)


async def _told_of_the_cast(url: str) -> None:
    async with open_registry(url, now=Clock(), today=lambda: DAY, passwords=quick_passwords()) as opened:
        for text in (UNITS, POINTS):
            made = await opened.import_file(text.encode())
            assert not made.faults


def _sqlite(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database, once of each kind: the cast's where the test asks for a registry, else an empty one."""
    peopled = "registry" in request.fixturenames
    if request.param == "sqlite":
        file = tmp_path / "registry.sqlite"
        if peopled:
            shutil.copy(request.getfixturevalue("sqlite_city"), file)
        yield _sqlite(file)
    else:
        server: Server = request.getfixturevalue("postgres")
        with server.fresh(request.getfixturevalue("postgresql_city") if peopled else "template1") as address:
            yield address


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = await open_store(url, "registry")
    await migrate(opened, MIGRATIONS)
    yield opened
    await opened.close()


def quick_passwords() -> Passwords:
    """Real argon2id, too weak for a server and quick enough for a test."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
async def registry(url: str, clock: Clock) -> AsyncIterator[Registry]:
    """A registry that holds the cast's units and points."""
    async with open_registry(url, now=clock, today=lambda: DAY, passwords=quick_passwords()) as opened:
        yield opened


@dataclass
class Front:
    """The registry's addresses and people who knock: every browser has its own cookies."""

    registry: Registry
    clock: Clock
    server: TestServer
    stack: AsyncExitStack

    async def browser(self) -> Browser:
        return await self.stack.enter_async_context(TestClient(self.server, cookie_jar=CookieJar(unsafe=True)))

    async def staff(self, role: Role, scope: str | None = None) -> Browser:
        """Somebody of this role, signed in."""
        name = f"{role.value}-{scope or 'all'}".lower()
        await self.registry.add_account(name, f"Cán bộ {role.value}", role, PASSWORD, scope)
        browser = await self.browser()
        answer = await browser.post("/api/v1/session", json={"username": name, "password": PASSWORD})
        assert answer.status == 200
        browser.session.headers["X-CSRF-Token"] = (await answer.json())["csrf"]
        return browser


@pytest.fixture
async def front(registry: Registry, clock: Clock) -> AsyncIterator[Front]:
    app = web.Application()
    app[RESOLVE] = registry.keyring
    app[ORIGINS] = frozenset()
    mount(app, routes(registry))
    async with AsyncExitStack() as stack:
        server = TestServer(app)
        await server.start_server()
        stack.push_async_callback(server.close)
        yield Front(registry, clock, server, stack)


async def told(browser: Browser, path: str, **query: str | int) -> Any:
    async with browser.get(f"/api/v1{path}", params=query) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def refused(browser: Browser, method: str, path: str, **more: Any) -> tuple[int, str]:
    async with browser.request(method, f"/api/v1{path}", **more) as answer:
        return answer.status, (await answer.json())["code"]
