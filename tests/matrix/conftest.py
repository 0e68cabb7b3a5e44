"""One city, furnished once; who asks it everything gets a copy."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.flows.house import copied
from tests.matrix.city import City, Keys, furnished, standing

Furnished = tuple[Path, Keys]


@pytest.fixture(scope="session")
def the_places(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    folder = tmp_path_factory.mktemp("places") / "data"
    return folder, asyncio.run(furnished(folder))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(the_places: Furnished, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    folder = copied(the_places[0], tmp_path_factory.mktemp("knocked") / "data")
    async with standing(folder, the_places[1]) as knocked:
        yield knocked
