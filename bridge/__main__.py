"""`bridge ...`: the command line."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer

# Whatever else a command needs it imports itself: nobody waits for a whole server to read a line of help.

REFUSED = 1
BAD_CONFIGURATION = 78

# Plain help, without frames and colours: they cost as much time as everything else together.
app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, help=__doc__
)
registry = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Units, points and people: Excel or CSV in and out."
)
user = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Accounts of the staff.")
app.add_typer(registry, name="registry")
app.add_typer(user, name="user")

Config = Annotated[Path | None, typer.Option("--config", help="The configuration file; by default ./config.toml.")]
Kind = Annotated[
    Literal["units", "successors", "points", "expected"] | None,
    typer.Option(help="Only this table; a CSV file holds one, the units if none is named."),
]
Done = TypeVar("Done")


def main() -> None:
    """Exit 0 done, 1 refused or failed, 2 wrong usage, 78 bad configuration."""
    app()


@app.command()
def serve(config: Config = None) -> None:
    """Run the server until SIGTERM or Ctrl-C."""
    settings = _settings(config)
    from bridge.commands import serving

    _run(serving.serve(settings))


@app.command()
def migrate(config: Config = None) -> None:
    """Bring every database to the newest schema; `serve` does it too."""
    settings = _settings(config)
    from bridge.commands import serving

    _run(serving.migrate(settings))
    typer.echo("Bốn cơ sở dữ liệu (danh bạ, nhật ký, bưu tá, kho lưu trữ) đã ở phiên bản mới nhất.")


@registry.command("import")
def registry_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Excel (.xlsx) or CSV.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    config: Config = None,
) -> None:
    """Take units, points and people in from a file: all of it, or with any error nothing."""
    settings = _settings(config)
    from bridge.commands import filing

    _run(filing.take_in(settings, file, dry_run=dry_run))


@registry.command("export")
def registry_export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write; .xlsx or .csv by its name.")],
    kind: Kind = None,
    config: Config = None,
) -> None:
    """Write the registry to a file that can be imported again."""
    settings = _settings(config)
    from bridge.commands import filing

    _run(filing.give_out(settings, file, kind))


@registry.command("template")
def registry_template(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write; .xlsx or .csv by its name.")],
    kind: Kind = None,
) -> None:
    """Write an empty file to fill in, with every column explained (.xlsx)."""
    from bridge.commands import filing

    _in_words(lambda: filing.template(file, kind))


@user.command("add")
def user_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What they sign in with.")],
    role: Annotated[
        Literal["admin", "organiser", "coordinator", "inspector", "viewer"], typer.Option(help="What they may do.")
    ],
    unit: Annotated[
        str | None, typer.Option(help="The unit or cluster they are for; not for admin and organiser.")
    ] = None,
    full_name: Annotated[str, typer.Option(help="How screens call them; by default NAME.")] = "",
    generate: Annotated[bool, typer.Option("--generate", help="Make up a password and print it.")] = False,
    config: Config = None,
) -> None:
    """Make an account. The password is asked for, or read from standard input's first line."""
    settings = _settings(config)
    from bridge.commands import accounts

    password = None if generate else _in_words(accounts.password_asked)
    _run(accounts.add(settings, name, full_name, role, unit, password))


@app.command()
def report(
    conference: Annotated[str, typer.Argument(metavar="CONFERENCE", help="Its id, as in the addresses of its pages.")],
    format: Annotated[Literal["xlsx", "docx", "pdf", "csv", "json"], typer.Option("--format", help="What to write.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to; an older file is replaced.")],
    version: Annotated[
        int | None, typer.Option("--version", help="This signed version, as it was kept; by default the newest.")
    ] = None,
    config: Config = None,
) -> None:
    """The newest signed report as it was kept; where nothing is signed yet, one of the figures of the moment."""
    settings = _settings(config)
    from bridge.commands import reporting

    _run(reporting.report(settings, conference, format, out, version))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write; an older backup is not overwritten.")],
    config: Config = None,
) -> None:
    """Copy everything into one file, also beside a running server, and open the copy."""
    settings = _settings(config)
    from bridge.commands import keeping

    _run(keeping.back_up(settings, file))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `bridge backup` wrote.")],
    config: Config = None,
) -> None:
    """Bring a backup back into the data folder, which must be empty, and verify it."""
    settings = _settings(config)
    from bridge.commands import keeping

    _run(keeping.bring_back(settings, file))


@app.command()
def verify(config: Config = None) -> None:
    """Walk the chains of audit log and journals, and name the first row that was changed."""
    settings = _settings(config)
    from bridge.commands import keeping

    _run(keeping.verify(settings))


@app.command()
def agent(
    server: Annotated[str, typer.Option(help="The centre's address, like https://hoinghi.example.gov.vn.")],
    token: Annotated[
        str | None, typer.Option(help="The room's token; better from BRIDGE_TOKEN or a file: others see this one.")
    ] = None,
    token_file: Annotated[Path | None, typer.Option(help="A file that holds the token.")] = None,
    stream: Annotated[
        str | None,
        typer.Option(envvar="BRIDGE_STREAM", help="The broadcast's HLS address: says whether it arrives in the room."),
    ] = None,
) -> None:
    """Keep a room's line to the centre until Ctrl-C."""
    from bridge import logs
    from bridge.agent import socket_url, stream_url
    from bridge.commands import room

    try:
        url = socket_url(server)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--server") from wrong
    try:
        broadcast = stream_url(stream) if stream else None
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--stream") from wrong
    logs.configure()
    _run(room.keep_line(url, _in_words(lambda: room.token_found(token, token_file)), broadcast))


@app.command()
def simulate(
    keys: Annotated[
        Path, typer.Option(help="Links and tokens as `bridge demo --json-all` prints them; - for standard input.")
    ],
    server: Annotated[str | None, typer.Option(help="The server's address; by default the one in the keys.")] = None,
    rooms: Annotated[int, typer.Option(min=0, help="So many rooms; 0 for every point that is known.")] = 0,
    phones: Annotated[int, typer.Option(min=0, help="So many phones; 0 for every point that is known.")] = 0,
    screens: Annotated[int, typer.Option(min=0, help="So many boards.")] = 5,
    rate: Annotated[float, typer.Option(min=0, help="Reports a second, from all phones together.")] = 10,
    seconds: Annotated[float, typer.Option(min=1, help="For so long.")] = 60,
    drops: Annotated[float, typer.Option(min=0, help="So many rooms lose their line for 5 s, each minute.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same choices.")] = 2026,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one line of JSON.")] = False,
) -> None:
    """Rooms, phones and screens against any server, with a summary of latencies."""
    from bridge import logs
    from bridge.commands import driving
    from bridge.simulator.driving import Load

    logs.configure("warning")
    known = _in_words(lambda: driving.keys_read(keys, server))
    load = Load(rooms, phones, screens, acts_per_s=rate, for_s=seconds, drops_per_min=drops, seed=seed)
    _run(driving.drive(known, load, as_json=as_json))


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
    from bridge import logs

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
        ),
        until_stopped=True,
    )


def _settings(config: Path | None) -> Any:
    from bridge import logs, settings

    try:
        chosen = settings.load(config)
    except settings.WrongSetting as wrong:
        typer.echo(f"bridge: {wrong}", err=True)
        raise typer.Exit(BAD_CONFIGURATION) from wrong
    logs.configure(chosen.log.level, chosen.log.format)
    return chosen


def _run(work: Coroutine[Any, Any, None], *, until_stopped: bool = False) -> None:
    """Run to the end, on the loop that the server has. Ctrl-C is a failure of all that should have been finished."""
    import uvloop

    try:
        _in_words(lambda: uvloop.run(work))
    except KeyboardInterrupt:
        if not until_stopped:
            typer.echo("bridge: stopped by Ctrl-C before it was done", err=True)
            raise typer.Exit(REFUSED) from None


def _in_words(work: Callable[[], Done]) -> Done:
    """What the user can mend is said in one sentence."""
    from bridge.notdone import NotDone

    try:
        return work()
    except NotDone as failed:
        typer.echo(f"bridge: {failed}", err=True)
        raise typer.Exit(REFUSED) from failed


if __name__ == "__main__":
    main()
