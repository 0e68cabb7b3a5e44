"""The office: what the command line asks of the registry, with the files in its own hands."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from pydantic import BaseModel

from bridge.notdone import NotDone
from endpoints_registry.access import Role
from endpoints_registry.accounts import WrongAccount
from endpoints_registry.bodies.files import ImportAnswer
from endpoints_registry.filing import report
from endpoints_registry.passwords import TooBusy, WeakPassword
from endpoints_registry.registry import Registry
from endpoints_registry.sheets import Unreadable

REFUSALS = (Unreadable, WrongAccount, WeakPassword, TooBusy)
"""What the registry says no to, in words for whoever asked."""

Progress = Callable[[int, int], None]
"""Told how many of how many changes are done."""


class AccountAsked(BaseModel):
    username: str
    name: str
    role: Role
    password: str
    scope: str | None


class Office(Protocol):
    """What a command may ask. Each raises NotDone."""

    async def take_in(self, raw: bytes, *, dry_run: bool, progress: Progress) -> ImportAnswer: ...

    async def give_out(self, kinds: Sequence[str], ending: str) -> bytes: ...

    async def add_account(self, asked: AccountAsked) -> None: ...


class OwnOffice:
    """Of an open registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def take_in(self, raw: bytes, *, dry_run: bool, progress: Progress) -> ImportAnswer:
        with _in_words():
            if dry_run:
                plan = await self._registry.preview(raw)
            else:
                plan = await self._registry.import_file(raw, progress=progress)
        return report(plan, dry_run=dry_run)

    async def give_out(self, kinds: Sequence[str], ending: str) -> bytes:
        return await self._registry.export_file(kinds, ending)

    async def add_account(self, asked: AccountAsked) -> None:
        with _in_words():
            await self._registry.add_account(asked.username, asked.name, asked.role, asked.password, asked.scope)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except REFUSALS as refused:
        raise NotDone(str(refused)) from refused
