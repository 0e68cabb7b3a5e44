"""A book to write in, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bridge.post.book import Book, open_book


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    async with open_book(f"sqlite+aiosqlite:///{tmp_path / 'post.sqlite'}") as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
async def either_book(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Book]:
    url = (
        f"sqlite+aiosqlite:///{tmp_path / 'post.sqlite'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_url")
    )
    async with open_book(url) as opened:
        yield opened
