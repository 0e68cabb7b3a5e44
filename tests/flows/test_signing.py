"""The power goes while a version is being signed: it is signed with its bytes, or not at all and can be signed again."""

import hashlib
import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bridge.house.stores import addresses
from bridge.keeping.checking import checked
from tests.flows.house import PATH, Browser, Keys, settings, visited
from tests.flows.served import Served, configured, serving
from tests.flows.test_reports import REPORTS, drafted, fetched, sign

FALLS = """
import os, signal
from bridge.__main__ import main
from {module} import {owner}

whole = {owner}.{name}

async def falls(*asked, **more):
    await whole(*asked, **more)
    os.kill(os.getpid(), signal.SIGKILL)

{owner}.{name} = falls
main()
"""
FIXED = FALLS.format(module="bridge.archive.sql", owner="SqlArchive", name="fix")
"""The report is fixed, and the journal does not know of it yet."""
SIGNED = FALLS.format(module="bridge.reporting", owner="Signing", name="__call__")
"""The journal has it, and nobody has heard so yet."""


async def test_a_server_killed_while_a_version_is_signed_leaves_it_signed_whole_or_to_be_signed_again(
    folder: Path, keys: Keys
) -> None:
    config = configured(folder)
    async with serving(config, FIXED) as server, visited(server.address, keys) as there:
        for version, phase in ((2, "closing"), (3, "closed")):
            assert (await there.ann.post(f"{PATH}/phase", {"phase": phase, "version": version})).status == 200
        draft = await drafted(there.ann, formats=["docx", "csv"])
        before = await files(there.ann, draft)
        await fallen(server, there.ann, draft["number"])
    async with serving(config, SIGNED) as server, visited(server.address, keys) as there:
        assert (await listed(there.ann, draft), await signatures(there.ann)) == ("draft", 0)
        assert await files(there.ann, draft) == before
        await fallen(server, there.ann, draft["number"])
    async with serving(config) as server, visited(server.address, keys) as there:
        assert (await listed(there.ann, draft), await signatures(there.ann)) == ("signed", 1)
        assert await files(there.ann, draft) == before
        # Whoever heard nothing presses again, and is told what is.
        again = await sign(there.ann, draft["number"])
        assert (again.status, again.body["status"], await signatures(there.ann)) == (200, "signed", 1)
        assert await server.told_to_go() == 0
    where = addresses(settings(folder))
    await checked((where.registry, where.journal), archive=where.archive)


async def fallen(server: Served, who: Browser, number: int) -> None:
    with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
        await sign(who, number)
    assert await server.process.wait() == -signal.SIGKILL


async def listed(who: Browser, draft: dict[str, Any]) -> str:
    """What became of the draft."""
    told = (await who.get(REPORTS)).body["reports"]
    (status,) = [each["status"] for each in told if each["number"] == draft["number"]]
    return str(status)


async def signatures(who: Browser) -> int:
    return sum(each["event"]["event"] == "version-signed" for each in await who.events())


async def files(who: Browser, draft: dict[str, Any]) -> dict[str, bytes]:
    """Every file of the report, each with the SHA-256 that was told when it was made."""
    found = {}
    for each in draft["files"]:
        status, content, _ = await fetched(who, f"{REPORTS}/{draft['number']}/files/{each['format']}")
        assert (status, hashlib.sha256(content).hexdigest()) == (200, each["sha256"])
        found[each["format"]] = content
    return found
