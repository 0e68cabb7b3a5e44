"""The command line as somebody at a terminal meets it: what it said, where, and how it ended."""

from collections.abc import Callable
from dataclasses import dataclass

from typer.testing import CliRunner

from bridge.__main__ import app


@dataclass(frozen=True)
class Told:
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def bridge(*words: object, typed: str | None = None) -> Told:
    """Run `bridge ...` in this process; `typed` is its standard input."""
    result = CliRunner().invoke(app, [str(word) for word in words], input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Told(result.exit_code, result.stdout, result.stderr)


Bridge = Callable[..., Told]
