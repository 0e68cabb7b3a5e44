"""One house for all who only knock; whoever breaks something gets a house of their own."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.attacks.city import City, Everybody, furnished, standing
from tests.flows.house import copied

Furnished = tuple[Path, Everybody]


@pytest.fixture(scope="session")
def the_city(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    folder = tmp_path_factory.mktemp("city") / "data"
    return folder, asyncio.run(furnished(folder))


@pytest.fixture(scope="session")
def everybody(the_city: Furnished) -> Everybody:
    return the_city[1]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def city(the_city: Furnished, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """Stands for the whole session: nothing that knocks at it may leave a trace for the next."""
    folder = copied(the_city[0], tmp_path_factory.mktemp("knocked") / "data")
    async with standing(folder, the_city[1]) as knocked:
        yield knocked


@pytest.fixture
def folder(the_city: Furnished, tmp_path: Path) -> Path:
    return copied(the_city[0], tmp_path / "data")


@pytest_asyncio.fixture(loop_scope="session")
async def alone(folder: Path, everybody: Everybody) -> AsyncIterator[City]:
    """A city of one's own, to break."""
    async with standing(folder, everybody) as own:
        yield own
