"""Beside a running server the commands ask it; without one they open the files; a dead one's traces confuse nobody."""

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bridge.house import House, Unusable, opened_house
from bridge.settings import Server, Settings, Storage
from tests.cli.terminal import Told, bridge

UNITS = "code,name,level,parent_code\n01,Thành phố Hà Nội,city,\n001,Quận Ba Đình,district,01\n"
PASSWORD = "một mật khẩu dài"


def settings(folder: Path, database: str = "sqlite") -> Settings:
    return Settings(server=Server(port=0), storage=Storage(folder=folder, database=database))


@pytest.fixture
async def house(desk: Path) -> AsyncIterator[House]:
    """A server that runs on the data folder of this desk."""
    async with opened_house(settings(desk / "data")) as standing:
        yield standing


def written(name: str, text: str) -> None:
    Path(name).write_text(text)


def read(name: str) -> str:
    return Path(name).read_text()


async def beside(*words: object, typed: str | None = None) -> Told:
    """The command, while the server goes on in this loop."""
    return await asyncio.to_thread(bridge, *words, typed=typed)


async def test_an_import_is_carried_out_by_the_server_which_knows_it_at_once(house: House) -> None:
    written("units.csv", UNITS)
    preview = await beside("registry", "import", "units.csv", "--dry-run")
    assert preview.lines[-2:] == ["Xem trước, chưa nhập gì:", "  Đơn vị: 2 mới, 0 thay đổi, 0 giữ nguyên"]
    assert house.registry.directory.tree.units == {}
    told = await beside("registry", "import", "units.csv")
    assert (told.status, told.lines[-1]) == (0, "  Đơn vị: 2 mới, 0 thay đổi, 0 giữ nguyên")
    assert house.registry.directory.tree.units["001"].name == "Quận Ba Đình"


async def test_errors_come_back_as_they_would_without_a_server(house: House) -> None:
    written("units.csv", UNITS + "00 04,Phường Trúc Bạch,ward,001\n")
    written("empty.csv", "")
    told = await beside("registry", "import", "units.csv")
    assert told.status == 1
    assert told.lines[0].startswith("Dòng 4, cột «code»: «00 04» không phải mã")
    assert "1 lỗi" in told.err
    assert house.registry.directory.tree.units == {}
    assert "Tệp rỗng" in (await beside("registry", "import", "empty.csv")).err


async def test_an_export_is_the_servers_registry(house: House) -> None:
    await house.registry.import_file(UNITS.encode())
    assert (await beside("registry", "export", "out.csv")).status == 0
    assert "001,Quận Ba Đình" in read("out.csv")


async def test_an_account_made_beside_the_server_signs_in_at_once(house: House) -> None:
    told = await beside("user", "add", "ann", "--role", "organiser", typed=f"{PASSWORD}\n")
    assert told.status == 0
    body = {"username": "ann", "password": PASSWORD}
    async with (
        aiohttp.ClientSession() as browser,
        browser.post(f"{house.address}/api/v1/session", json=body) as answer,
    ):
        assert answer.status == 200
    again = await beside("user", "add", "ann", "--role", "organiser", "--generate")
    assert (again.status, again.err) == (1, "bridge: Đã có tài khoản «ann».\n")


@pytest.mark.usefixtures("house")
async def test_only_the_servers_own_account_may_open_its_door(desk: Path) -> None:
    door = (desk / "data" / "control.sock").stat()
    assert (stat.S_ISSOCK(door.st_mode), stat.S_IMODE(door.st_mode)) == (True, 0o600)
    assert stat.S_IMODE((desk / "data").stat().st_mode) == 0o700


async def test_the_door_goes_with_the_server(desk: Path) -> None:
    async with opened_house(settings(desk / "data")):
        assert (desk / "data" / "control.sock").exists()
    assert not (desk / "data" / "control.sock").exists()
    written("units.csv", UNITS)
    assert (await beside("registry", "import", "units.csv")).status == 0


def left_behind(folder: Path) -> None:
    """The socket of a server that was killed: its name is there, and nobody listens."""
    folder.mkdir(mode=0o700)
    os.chdir(folder)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind("control.sock")
    os.chdir(folder.parent)


async def test_the_door_of_a_killed_server_confuses_nobody(desk: Path) -> None:
    left_behind(desk / "data")
    written("units.csv", UNITS)
    assert (await beside("registry", "import", "units.csv")).status == 0
    async with opened_house(settings(desk / "data")) as house:
        assert len(house.registry.directory.tree.units) == 2
        assert (await beside("registry", "export", "out.csv")).status == 0


async def test_a_folder_with_a_long_name_has_a_door_too(desk: Path) -> None:
    folder = desk / ("thư mục dữ liệu của hội nghị " * 4).strip() / "data"
    (desk / "config.toml").write_text(f'[storage]\nfolder = "{folder}"\n')
    async with opened_house(settings(folder)) as house:
        assert (await beside("user", "add", "ann", "--role", "admin", "--generate")).status == 0
        assert house.registry.directory.tree.units == {}


async def test_files_that_somebody_else_holds_are_left_alone(desk: Path) -> None:
    async with opened_house(settings(desk / "data")):
        # As a server that is still starting: it owns the files and does not answer yet.
        (desk / "data" / "control.sock").unlink()
        told = await beside("registry", "export", "out.csv")
        assert (told.status, told.out) == (1, "")
        assert str(os.getpid()) in told.err
        migrated = await beside("migrate")
        assert migrated.status == 1


async def test_on_postgresql_the_server_is_asked_too_and_else_the_database(desk: Path, postgres_url: str) -> None:
    (desk / "config.toml").write_text(f'[storage]\nfolder = "{desk / "data"}"\ndatabase = "{postgres_url}"\n')
    written("units.csv", UNITS)
    assert (await beside("migrate")).status == 0
    async with opened_house(settings(desk / "data", postgres_url)) as house:
        assert (await beside("registry", "import", "units.csv")).status == 0
        # The server knows it at once: it did it itself.
        assert len(house.registry.directory.tree.units) == 2
        with pytest.raises(Unusable, match="another server"):
            async with opened_house(settings(desk / "data", postgres_url)):
                pass
    told = await beside("registry", "import", "units.csv")
    assert told.lines[-1] == "  Đơn vị: 0 mới, 0 thay đổi, 2 giữ nguyên"
