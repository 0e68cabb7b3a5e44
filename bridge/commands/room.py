"""The room's machine as a process: it keeps the line until it is told to go, and says goodbye."""

import asyncio
import os
import socket
from contextlib import suppress
from pathlib import Path

import structlog

from bridge.agent import Agent, Follower, Seen, SentAway
from bridge.clock import RealClock
from bridge.commands.going import told_to_go
from bridge.notdone import NotDone
from bridge.rules.wire import Notice, ServerSays, Welcome

log = structlog.get_logger("agent")

GOODBYE_S = 3
TOKEN_VARIABLE = "BRIDGE_TOKEN"  # noqa: S105 - where the token is found, not what it is


def token_found(given: str | None, file: Path | None) -> str:
    """The room's token: from a file, the option, or the environment, in this order. Raises NotDone."""
    if file is not None:
        try:
            given = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as failed:
            raise NotDone(f"Không đọc được tệp mã {file}: {failed}.") from failed
    token = (given or os.environ.get(TOKEN_VARIABLE, "")).strip()
    if not token.isascii() or not token.isprintable() or not token:
        raise NotDone(
            f"Chưa có mã của điểm cầu, hoặc mã có ký tự lạ; hãy đặt vào biến {TOKEN_VARIABLE}, --token-file hoặc --token."
        )
    return token


async def keep_line(url: str, token: str, stream: str | None = None) -> None:
    """Until SIGTERM or Ctrl-C; follows the broadcast at `stream` meanwhile. Raises NotDone when the centre does not want
    this room's machine again.
    """
    follower = Follower(stream, moved=_moved) if stream else None
    agent = Agent(url, token, RealClock(), device=_device(), broadcast=follower, told=_heard, parted=_parted)
    log.info("dialling", url=url)
    with told_to_go() as going:
        running = asyncio.create_task(agent.run())
        leaving = asyncio.create_task(going.wait())
        following = asyncio.create_task(follower.run() if follower else going.wait())
        await asyncio.wait((running, leaving, following), return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if going.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE_S):
                    await agent.leave()
            running.cancel()
            log.info("left")
        try:
            # A follower ends only by a bug of ours: then the room must not go on as if it saw.
            if following.done():
                following.result()
            await running
        except asyncio.CancelledError:
            return
        except SentAway as away:
            raise NotDone(str(away)) from away
        finally:
            running.cancel()
            following.cancel()
            await asyncio.wait((running, following))


def _moved(seen: Seen, why: str) -> None:
    """One line for each change; never the address, which may hold a key."""
    facts = {"behind_s": seen.behind_s, "bitrate_kbps": seen.bitrate_kbps, "why": why or None}
    log.info("broadcast-moved", stream=seen.stream, **{name: fact for name, fact in facts.items() if fact is not None})


def _heard(frame: ServerSays) -> None:
    match frame:
        case Welcome():
            log.info(
                "connected",
                point=frame.point,
                conference=frame.conference,
                heartbeat_s=frame.heartbeat_s,
                now=frame.now,
            )
        case Notice():
            log.info("notice", number=frame.number, text=frame.text, urgent=frame.urgent, withdrawn=frame.withdrawn)
        case _:
            pass


def _parted(why: str, pause_ms: int) -> None:
    log.warning("line-lost", why=why, again_in_s=round(pause_ms / 1000, 1))


def _device() -> str:
    """The machine's own name, as far as it can be said in a frame."""
    return f"agent {socket.gethostname()}".encode("ascii", "replace").decode()[:80]
