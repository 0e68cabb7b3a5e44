"""`bridge ...`: the command line."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

from bridge import logs, settings
from bridge.settings import Settings, WrongSetting

REFUSED = 1
BAD_CONFIGURATION = 78

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
registry = typer.Typer(no_args_is_help=True, help="Units, points and people: Excel or CSV in and out.")
user = typer.Typer(no_args_is_help=True, help="Accounts of the staff.")
app.add_typer(registry, name="registry")
app.add_typer(user, name="user")

Config = Annotated[Path | None, typer.Option("--config", help="The configuration file; by default ./config.toml.")]


def main() -> None:
    """Exit 0 done, 1 refused or failed, 2 wrong usage, 78 bad configuration."""
    app()


def _settings(config: Path | None) -> Settings:
    try:
        chosen = settings.load(config)
    except WrongSetting as wrong:
        typer.echo(f"bridge: {wrong}", err=True)
        raise typer.Exit(BAD_CONFIGURATION) from wrong
    logs.configure(chosen.log.level, chosen.log.format)
    return chosen


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end; what the user can mend is said in one sentence."""
    from bridge.house import Unusable

    try:
        uvloop.run(work)
    except Unusable as failed:
        typer.echo(f"bridge: {failed}", err=True)
        raise typer.Exit(REFUSED) from failed
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the pages are served; 0 chooses a free port.")] = 8080,
    registry: Annotated[str, typer.Option(help="hanoi-2023, hanoi-2025 or vietnam-2023.")] = "hanoi-2023",
    speed: Annotated[float, typer.Option(min=0.1, help="Hall seconds per second.")] = 60,
    points: Annotated[int | None, typer.Option(min=1, help="So many points, with generated figures.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same day.")] = 2026,
    faults: Annotated[bool, typer.Option(help="Power cuts, lost lines and typing errors of the day.")] = True,
    data: Annotated[
        Path | None, typer.Option(help="A new folder to keep the day in; by default a temporary one.")
    ] = None,
    until_end: Annotated[bool, typer.Option("--until-end", help="As fast as the machine keeps up, then exit.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Addresses and figures as JSON lines.")] = False,
    json_all: Annotated[bool, typer.Option("--json-all", help="As --json, with the keys of every point.")] = False,
) -> None:
    """Play a whole conference day against the real registry, on an embedded database."""
    from bridge import demo as play

    logs.configure("warning")
    _run(
        play.run(
            play.Options(
                port=port,
                registry=registry,
                points=points,
                speed=speed,
                seed=seed,
                faults=faults,
                until_end=until_end,
                json=as_json or json_all,
                json_all=json_all,
                data=data,
            )
        )
    )


if __name__ == "__main__":
    main()
