"""What was begun is finished, even when its asker has gone away."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def finished(work: Awaitable[T]) -> T:
    """Run `work` to its own end; a cancellation of the caller is passed on after that, not before."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError as error:
        # Either we were cancelled, or the work itself was.
        if task.cancelled():
            raise
        gone = error
    while not task.done():
        try:
            # wait() leaves the task alone when we are cancelled, and does not raise what the task raises.
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            gone = error
    # Looked at, so that a failure is not reported as never seen; whoever asks next meets its cause again.
    failure = None if task.cancelled() else task.exception()
    raise gone from failure
