"""The settings: config.toml and the environment, checked, frozen; an error names the key, the value and the remedy."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)


class WrongSetting(Exception):
    """The configuration cannot be used; the message names key, value and remedy."""


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or value != f"{parts.scheme}://{parts.netloc}":
        raise ValueError(
            "write it as the browser's address bar begins, like https://hoinghi.example.gov.vn, without a path"
        )
    return value


def _database(value: str) -> str:
    if value != "sqlite" and not value.startswith("postgresql+asyncpg://"):
        raise ValueError('use "sqlite", or an address that begins with postgresql+asyncpg://')
    return value


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Server(_Section):
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = ()
    shutdown_s: float = Field(8, gt=0, le=60)


class Storage(_Section):
    database: Annotated[str, AfterValidator(_database)] = "sqlite"
    folder: Path = Path("data")


class LineSettings(_Section):
    heartbeat_s: float = Field(0, ge=0, le=120)


class Attendance(_Section):
    undo_minutes: int = Field(10, ge=0, le=240)


class SessionSettings(_Section):
    idle_minutes: int = Field(720, ge=1, le=10_080)
    absolute_hours: int = Field(72, ge=1, le=720)


class Log(_Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "console"] = "auto"


class Settings(BaseSettings):
    """Everything that can be set. Defaults are those of config.toml (a test holds the two together)."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="BRIDGE_",
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    server: Server = Server()
    storage: Storage = Storage()
    line: LineSettings = LineSettings()
    attendance: Attendance = Attendance()
    session: SessionSettings = SessionSettings()
    log: Log = Log()


def load(path: Path | None = None) -> Settings:
    """The settings from a file (its absence is an error if it was named) and the environment. Raises WrongSetting."""
    if path is None:
        path = Path("config.toml")
        file = path if path.exists() else None
    elif not path.exists():
        raise WrongSetting(f"the configuration file {path} does not exist; name one that does with --config")
    else:
        file = path

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return env_settings, TomlConfigSettingsSource(settings_cls, file)

    try:
        return FromFile()
    except ValidationError as wrong:
        raise WrongSetting("; ".join(_named(dict(error)) for error in wrong.errors())) from wrong
    except tomllib.TOMLDecodeError as wrong:
        raise WrongSetting(f"{path} is not TOML: {wrong}; mend that line") from wrong
    except SettingsError as wrong:
        raise WrongSetting(f"{wrong}; mend the environment variable that begins with BRIDGE_") from wrong


def _named(error: dict[str, object]) -> str:
    place = error["loc"]
    key = ".".join(str(part) for part in place) if isinstance(place, tuple) else str(place)
    value = error.get("input")
    if error["type"] == "extra_forbidden":
        return f"{key} = {value!r}: there is no such setting; take it out, or compare config.toml for its right name"
    return f"{key} = {value!r}: {error['msg']}; mend it in the configuration file or its BRIDGE_ variable"
