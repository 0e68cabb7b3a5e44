"""The server as a process: it opens the house, and closes it when it is told to go."""

from bridge.commands.going import told_to_go
from bridge.house import opened_book, opened_house, opened_journal, opened_registry
from bridge.settings import Settings


async def serve(settings: Settings) -> None:
    """Until SIGTERM or Ctrl-C. Raises Unusable when the house cannot be opened, or a part of it fails."""
    with told_to_go() as going:
        async with opened_house(settings):
            await going.wait()


async def migrate(settings: Settings) -> None:
    """Every store to the newest schema. Raises Unusable."""
    async with opened_registry(settings), opened_book(settings):
        journal = await opened_journal(settings)
        await journal.close()
