"""Accounts at a terminal: a person, a role, a password that is never shown twice."""

import secrets
import sys

import typer

from bridge.commands.offices import office
from bridge.notdone import NotDone
from bridge.office import AccountAsked
from bridge.settings import Settings
from endpoints_registry.access import Role


async def add(settings: Settings, username: str, name: str, role: str, unit: str | None, password: str | None) -> None:
    """Make an account; without a password one is made up and printed, once. Raises NotDone, Unusable."""
    chosen = password if password is not None else secrets.token_urlsafe(12)
    asked = AccountAsked(username=username, name=name or username, role=Role(role), password=chosen, scope=unit)
    async with office(settings) as there:
        await there.add_account(asked)
    where = f", phụ trách {unit}" if unit else ""
    typer.echo(f"Đã tạo tài khoản {username.strip().lower()} ({role}{where}).")
    if password is None:
        typer.echo(f"Mật khẩu (chỉ hiện một lần): {chosen}")


def password_asked() -> str:
    """Typed twice at a terminal, else the first line of standard input: never an argument, which others could see."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("Mật khẩu", hide_input=True, confirmation_prompt="Nhập lại mật khẩu")
        return typed
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise NotDone(
            "Chưa có mật khẩu: dòng đầu của đầu vào chuẩn rỗng; hãy ghi mật khẩu vào đó hoặc dùng --generate."
        )
    return line
