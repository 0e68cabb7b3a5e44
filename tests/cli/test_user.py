"""Accounts from the terminal: the password is typed, piped or made up, and never an argument."""

import asyncio
import os
import pty
import sys
from pathlib import Path

import pytest

from bridge.house import opened_house
from bridge.settings import Server, Settings, Storage
from endpoints_registry.accounts import WrongPassword
from tests.cli.terminal import bridge

PASSWORD = "một mật khẩu dài"


def signs_in(folder: Path, username: str, password: str) -> bool:
    return asyncio.run(_signs_in(folder, username, password))


async def _signs_in(folder: Path, username: str, password: str) -> bool:
    async with opened_house(Settings(server=Server(port=0), storage=Storage(folder=folder))) as house:
        try:
            await house.registry.sign_in(username, password, "127.0.0.1")
        except WrongPassword:
            return False
        return True


def test_a_password_from_standard_input_opens_the_account(desk: Path) -> None:
    told = bridge("user", "add", "Ann", "--role", "organiser", typed=f"{PASSWORD}\nđiều gì khác\n")
    assert (told.status, told.lines) == (0, ["Đã tạo tài khoản ann (organiser)."])
    assert signs_in(desk / "data", "ann", PASSWORD)


def test_a_password_that_is_made_up_is_printed_once_and_opens_the_account(desk: Path) -> None:
    told = bridge("user", "add", "ann", "--role", "admin", "--generate")
    password = told.lines[-1].rpartition(": ")[2]
    assert told.status == 0
    assert len(password) >= 16
    assert signs_in(desk / "data", "ann", password)


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (["ann", "--role", "organiser"], "kurz\n", "từ 10 đến"),
        (["ann", "--role", "organiser"], "", "Chưa có mật khẩu"),
        (["ann", "--role", "coordinator"], f"{PASSWORD}\n", "cần mã đơn vị"),
        (["ann", "--role", "viewer", "--unit", "00004"], f"{PASSWORD}\n", "mã «00004»"),
        (["ann", "--role", "admin", "--unit", "00004"], f"{PASSWORD}\n", "00004"),
        (["Ân Đỗ", "--role", "organiser"], f"{PASSWORD}\n", "Tên đăng nhập"),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_one_sentence(words: list[str], typed: str, said: str) -> None:
    told = bridge("user", "add", *words, typed=typed)
    assert (told.status, told.out) == (1, "")
    assert told.err.startswith("bridge: ")
    assert told.err.count("\n") == 1
    assert said in told.err


def test_the_same_name_twice_is_refused() -> None:
    assert bridge("user", "add", "ann", "--role", "admin", "--generate").status == 0
    told = bridge("user", "add", "ANN", "--role", "organiser", "--generate")
    assert (told.status, told.err) == (1, "bridge: Đã có tài khoản «ann».\n")


def test_at_a_terminal_the_password_is_typed_twice_and_never_shown(desk: Path) -> None:
    root = str(Path(__file__).parents[2])
    child, terminal = pty.fork()
    if child == 0:
        words = [sys.executable, "-m", "bridge", "user", "add", "ann", "--role", "organiser"]
        os.execve(sys.executable, words, {**os.environ, "PYTHONPATH": root})
    shown = ""
    for asked in ("Mật khẩu: ", "Nhập lại mật khẩu: "):
        while asked not in shown:
            shown += os.read(terminal, 1000).decode()
        os.write(terminal, f"{PASSWORD}\n".encode())
    while "Đã tạo" not in shown:
        shown += os.read(terminal, 1000).decode()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(terminal)
    assert PASSWORD not in shown
    assert signs_in(desk / "data", "ann", PASSWORD)
