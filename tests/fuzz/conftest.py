"""One real server, knocked at from outside, as a process of its own: what breaks it is seen in its log and in its end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.flows.house import copied
from tests.flows.served import TIRELESS, Served, configured, serving
from tests.matrix.city import Keys
from tests.matrix.conftest import the_places

__all__ = ["the_places"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def served(the_places: tuple[Path, Keys], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    folder = copied(the_places[0], tmp_path_factory.mktemp("fuzzed") / "data")
    async with serving(configured(folder), TIRELESS) as served:
        yield served


@pytest.fixture(scope="session")
def keys(the_places: tuple[Path, Keys]) -> Keys:
    return the_places[1]
