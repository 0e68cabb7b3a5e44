"""How fast one connection is listened to: whoever talks faster waits in its own line, and nobody else for it."""

import asyncio


class Pace:
    """Asked before every frame. So many at once are free; beyond `per_s` the next one waits, and its sender with it:
    what is not read fills their side of the line, not our memory.
    """

    def __init__(self, per_s: float, at_once: int) -> None:
        self._spacing_s = at_once / per_s
        self._at_once = at_once
        self._taken = 0
        self._since_s = asyncio.get_running_loop().time()

    async def kept(self) -> None:
        if self._taken < self._at_once:
            self._taken += 1
            return
        now_s = asyncio.get_running_loop().time()
        due_s = self._since_s + self._spacing_s
        # Even where nothing is left to wait for, everybody else has a turn.
        await asyncio.sleep(max(0.0, due_s - now_s))
        self._since_s = max(now_s, due_s)
        self._taken = 1
