"""The house of the flows, furnished once and copied for every test."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flows.house import Keys, Own, Standing, copied, furnished, own

Furnished = tuple[Path, Keys]


@pytest.fixture(scope="session")
def the_furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    folder = tmp_path_factory.mktemp("furnished") / "data"
    return folder, asyncio.run(furnished(folder))


@pytest.fixture
def folder(the_furnished: Furnished, tmp_path: Path) -> Path:
    """A conference under way, on disk."""
    return copied(the_furnished[0], tmp_path / "data")


@pytest.fixture
def keys(the_furnished: Furnished) -> Keys:
    return the_furnished[1]


@pytest.fixture
async def ours(folder: Path, keys: Keys) -> AsyncIterator[Own]:
    """A house in this process, with a conference under way at eight in the morning."""
    async with own(folder, keys) as standing:
        yield standing


@pytest.fixture
def there(ours: Own) -> Standing:
    return ours.there
