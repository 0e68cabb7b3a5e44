"""The settings: config.toml and the environment, checked, frozen; an error names the key, the value and the remedy."""

import re
import tomllib
from importlib import import_module
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from endpoints_registry.arriving import loopback


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


def _host(value: str) -> str:
    if not re.fullmatch(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?", value):
        raise ValueError("write it as a name with its port, if any: hoinghi.example.gov.vn, or 10.0.0.5:8080")
    return value.lower()


def _network(value: str) -> str:
    try:
        ip_network(value)
    except ValueError as wrong:
        raise ValueError("write an address or a network, like 10.0.0.5 or 10.0.0.0/24") from wrong
    return value


class Server(_Section):
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = ()
    hosts: tuple[Annotated[str, AfterValidator(_host)], ...] = ()
    proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = ()
    tls_cert: str = ""
    tls_key: str = ""
    plain_http: bool = False
    connections: int = Field(0, ge=0, le=1_000_000)
    connections_per_address: int = Field(2_000, ge=10, le=1_000_000)
    shutdown_s: float = Field(8, gt=0, le=60)

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over https."""
        return bool(self.tls_cert) or any(origin.startswith("https://") for origin in self.origins)

    @model_validator(mode="after")
    def _whole(self) -> "Server":
        if bool(self.tls_cert) != bool(self.tls_key):
            raise ValueError("server.tls_cert and server.tls_key belong together; set both, or neither")
        if self.tls_cert and (plain := [each for each in self.origins if not each.startswith("https://")]):
            raise ValueError(
                f"server.origins = {plain[0]!r} is not served while server.tls_cert is set; write https:// there"
            )
        behind = bool(self.proxies) and bool(self.origins) and all(each.startswith("https://") for each in self.origins)
        if not (loopback(self.host) or self.tls_cert or self.plain_http or behind):
            raise ValueError(
                f"server.host = {self.host!r} is open to other machines, and passwords would cross the network in the "
                "open; set server.tls_cert and server.tls_key, or name the proxy that has https in server.proxies and "
                "its address in server.origins, or say server.plain_http = true"
            )
        return self


class Storage(_Section):
    database: Annotated[str, AfterValidator(_database)] = "sqlite"
    folder: Path = Path("data")


class LineSettings(_Section):
    heartbeat_s: float = Field(0, ge=0, le=120)


def _broadcast(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("write the playlist's whole address, like https://phat.example.vn/hoinghi/master.m3u8")
    return value


class BroadcastSettings(_Section):
    url: Annotated[str, AfterValidator(_broadcast)] = ""


class Attendance(_Section):
    undo_minutes: int = Field(10, ge=0, le=240)


class ClosingSettings(_Section):
    grace_minutes: int = Field(15, ge=0, le=1_440)


class SessionSettings(_Section):
    idle_minutes: int = Field(720, ge=1, le=10_080)
    absolute_hours: int = Field(72, ge=1, le=720)
    otp_roles: tuple[Literal["admin", "organiser", "coordinator", "inspector", "viewer"], ...] = ()


def _hour(value: str) -> str:
    hour, _, minute = value.partition(":")
    if not (len(value) == 5 and hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
        raise ValueError('write hours of the hall like "08:05"')
    return value


class BackupSettings(_Section):
    folder: str = ""
    every_minutes: int = Field(5, ge=1, le=10_080)
    keep: int = Field(24, ge=1, le=10_000)


class PeopleSettings(_Section):
    keep_days: int = Field(90, ge=1, le=3_650)


class JudgementSettings(_Section):
    praise_all_accounted: bool = True
    praise_on_time: bool = True
    praise_no_fault: bool = True
    criticise_late: bool = True
    criticise_missing: bool = True
    criticise_unexcused_percent: float = Field(5, ge=0, le=100)


class CalendarSettings(_Section):
    remind_minutes_before: tuple[Annotated[int, Field(ge=1, le=240)], ...] = (10,)
    flash_times: tuple[Annotated[str, AfterValidator(_hour)], ...] = ("08:05",)
    escalate_minutes: int = Field(10, ge=0, le=1_440)
    grace_minutes: float = Field(5, gt=0, le=240)


def _receiver(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise ValueError("write it as a whole address, like https://nhan-tin.example.gov.vn/bridge")
    return value


def _mailbox(value: str) -> str:
    # Whatever could begin another line of a mail, or another mailbox, is none.
    if value and not re.fullmatch(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+", value):
        raise ValueError("write one plain mail address, like truc-ban@example.gov.vn")
    return value


def _strong(value: SecretStr) -> SecretStr:
    secret = value.get_secret_value()
    if secret and (len(secret) < 24 or len(set(secret)) < 10 or _EXAMPLES.search(secret)):
        raise ValueError("too short or easily guessed; make one with: openssl rand -hex 32")
    return value


_EXAMPLES = re.compile("change.?me|secret|password|example|default|mat.?khau|123456", re.IGNORECASE)


def _known_services(value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    """An extra: only where somebody wants it must it be there."""
    if not value:
        return value
    try:
        apprise = import_module("apprise")
    except ImportError as missing:
        raise ValueError(
            "the package apprise is not installed; install it (pip install apprise), or leave this empty"
        ) from missing
    for number, each in enumerate(value, 1):
        # Not the address itself in the message: it holds keys.
        if apprise.Apprise.instantiate(each.get_secret_value()) is None:
            raise ValueError(f"address number {number} is none that apprise knows; see github.com/caronc/apprise")
    return value


class PostSettings(_Section):
    cool_down_minutes: int = Field(10, ge=1, le=1_440)
    webhook_url: Annotated[str, AfterValidator(_receiver)] = ""
    webhook_secret: Annotated[SecretStr, AfterValidator(_strong)] = SecretStr("")
    mail_from: Annotated[str, AfterValidator(_mailbox)] = ""
    mail_to: tuple[Annotated[str, AfterValidator(_mailbox)], ...] = ()
    smtp_host: str = ""
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    apprise: Annotated[tuple[SecretStr, ...], AfterValidator(_known_services)] = ()

    @model_validator(mode="after")
    def _whole(self) -> "PostSettings":
        if bool(self.webhook_url) != bool(self.webhook_secret.get_secret_value()):
            raise ValueError("webhook_url and webhook_secret belong together; set both, or neither")
        if len({bool(self.mail_from), bool(self.mail_to), bool(self.smtp_host)}) > 1:
            raise ValueError("mail_from, mail_to and smtp_host belong together; set all of them, or none")
        if self.smtp_password.get_secret_value() and self.smtp_security == "none":
            raise ValueError('smtp_password would cross the net in clear; set smtp_security to "starttls" or "tls"')
        return self


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    local = parts.scheme == "http" and loopback(parts.hostname or "")
    if value and (not parts.hostname or parts.query or parts.fragment or not (parts.scheme == "https" or local)):
        raise ValueError("write it as the service writes it itself, like https://dangnhap.example.gov.vn/realms/hanoi")
    return value


class OidcSettings(_Section):
    issuer: Annotated[str, AfterValidator(_issuer)] = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    scopes: tuple[str, ...] = ("openid", "profile")
    claim: str = Field("preferred_username", min_length=1, max_length=60)
    second_factor_acr: tuple[str, ...] = ()
    name: str = Field("", max_length=40)

    @model_validator(mode="after")
    def _whole(self) -> "OidcSettings":
        if len({bool(self.issuer), bool(self.client_id), bool(self.client_secret.get_secret_value())}) > 1:
            raise ValueError("oidc.issuer, client_id and client_secret belong together; set all of them, or none")
        if "openid" not in self.scopes:
            raise ValueError('oidc.scopes needs "openid"; add it')
        if self.issuer and find_spec("joserfc") is None:
            raise ValueError(
                "oidc.issuer needs the package joserfc, which is not installed; install it (pip install joserfc), or "
                "leave it empty"
            )
        return self


class MetricsSettings(_Section):
    allow: tuple[Annotated[str, AfterValidator(_network)], ...] = ()
    token: Annotated[SecretStr, AfterValidator(_strong)] = SecretStr("")


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
    broadcast: BroadcastSettings = BroadcastSettings()
    attendance: Attendance = Attendance()
    closing: ClosingSettings = ClosingSettings()
    session: SessionSettings = SessionSettings()
    calendar: CalendarSettings = CalendarSettings()
    judgement: JudgementSettings = JudgementSettings()
    post: PostSettings = PostSettings()
    backup: BackupSettings = BackupSettings()
    people: PeopleSettings = PeopleSettings()
    oidc: OidcSettings = OidcSettings()
    metrics: MetricsSettings = MetricsSettings()
    log: Log = Log()

    @model_validator(mode="after")
    def _fitting(self) -> "Settings":
        if self.backup.folder and self.storage.database != "sqlite":
            raise ValueError("backup.folder is for SQLite; leave it empty, and back PostgreSQL up with pg_dump")
        return self


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
    # Some values nobody else may read: not even under a name that was misspelt, nor among those of a whole section.
    hidden = _HIDDEN.search(key) or (
        error["type"] == "extra_forbidden" and key.startswith(("post.", "metrics.", "oidc."))
    )
    shown = "" if isinstance(value, dict) else " = (hidden)" if hidden else f" = {value!r}"
    if error["type"] == "extra_forbidden":
        return f"{key}{shown}: there is no such setting; take it out, or compare config.toml for its right name"
    return f"{key}{shown}: {error['msg']}; mend it in the configuration file or its BRIDGE_ variable"


_HIDDEN = re.compile(r"secret|password|token|apprise|webhook_url")
