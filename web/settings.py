"""Settings: read once, whole, or not at all.  Nothing else reads the environment."""

import os
import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from web.ldap.settings import LdapSettings

PREFIX = "DIEMCAU_"
LARGEST_FILE = 64 * 1024
LOOPBACK = (IPv4Network("127.0.0.0/8"),)

# Words for what pydantic finds; anything else keeps pydantic's own.
PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "int_parsing": "is not a whole number",
        "greater_than_equal": "is too small",
        "less_than_equal": "is too large",
        "bool_parsing": "is neither 0 nor 1",
    }
)
DEPENDENT = "default_factory_not_called"  # follows from another problem


class BadSettings(Exception):
    """The settings cannot be used; every problem is named, not only the first."""

    code = "bad-settings"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def split(value: object) -> object:
    """Turn a list written with commas into its parts."""
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def lowered(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of machines as they are compared."""
    return tuple(name.lower().strip(".") for name in names)


def postgres_url(value: str) -> str:
    """Return the address of a database unless it is of something else."""
    if not value.startswith(("postgresql://", "postgres://")):
        raise ValueError("does not start with postgresql://")
    return value


def web_url(value: str) -> str:
    """Return an http address without its last slash."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise ValueError("is no http:// or https:// address")
    return value.rstrip("/")


def smtp_url(value: str) -> str:
    """Return the address of a mail server unless it is of something else."""
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not parts.hostname:
        raise ValueError("is no smtp://, smtps:// or smtp+starttls:// address")
    return value


def local_url(*, host: str, port: int) -> str:
    """Return how a client on this machine reaches who listens there."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  (compared, not bound)
    bracketed = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{bracketed}:{port}"


Port = Annotated[int, Field(ge=0, le=65535)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(split)]
Database = Annotated[str, AfterValidator(postgres_url)]
MailServer = Annotated[str, AfterValidator(smtp_url)]


class Settings(LdapSettings):
    """How this installation differs from any other.

    Each value comes from DIEMCAU_NAME, or from the file that DIEMCAU_NAME_FILE names.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    host: str = "127.0.0.1"
    port: Port = 8080
    receiver_host: str = "127.0.0.1"
    receiver_port: Port = 8081
    receiver_apart: bool = False
    metrics_port: Port | None = None
    base_url: Annotated[str, AfterValidator(web_url)] = Field(
        default_factory=lambda values: local_url(host=values["host"], port=values["port"])
    )
    trusted_proxies: Networks = ()

    data: Path = Path(".diemcau")
    keys_file: Path = Field(default_factory=lambda values: values["data"] / "keys.json")
    database_url: Database | None = Field(default=None, repr=False)
    migrate_url: Database | None = Field(default=None, repr=False)

    demo: bool = False
    directory: str = "dien-bien"
    locale: Literal["vi", "en"] = "vi"
    timezone: ZoneInfo = ZoneInfo("Asia/Ho_Chi_Minh")

    uploads: bool = False
    document_hosts: Annotated[tuple[str, ...], BeforeValidator(split), AfterValidator(lowered)] = ()

    recordings: Path | None = None

    smtp_url: MailServer | None = Field(default=None, repr=False)
    mail_from: str = "diemcau@localhost"
    hotline: str = ""
    dial_in: str = ""
    probe_networks: Networks = ()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    backup_passphrase: str | None = Field(default=None, repr=False)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  (pydantic's signature)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (the same)
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (the same)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (the same)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from `from_environ` only, so that a test's settings are its own."""
        return (init_settings,)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Return the settings that an environment (ours, when none is given) describes.

        Raises:
            BadSettings: with every problem.
        """
        values, problems = read_values(cls, os.environ if environ is None else environ)
        try:
            settings = cls(**values)
        except ValidationError as error:
            problems.extend(map(problem, error.errors()))
        else:
            if not problems:
                return settings
        raise BadSettings(sorted(said for said in problems if said))

    @property
    def networks_to_probe(self) -> Networks:
        """Where probes may look besides ordinary addresses: the demo's halls are this machine."""
        return (*self.probe_networks, *(LOOPBACK if self.demo else ()))

    def first_directory(self) -> str:
        """Return what the first start loads; into another's database only what was named."""
        named = self.is_embedded or "directory" in self.model_fields_set
        return self.directory if named else ""

    @property
    def is_embedded(self) -> bool:
        """Tell whether PostgreSQL is ours to run."""
        return self.database_url is None

    def require_data(self) -> None:
        """Make sure that somebody chose where the data lies.

        Raises:
            BadSettings: nobody did; the folder of the moment is no place for a province's record.
        """
        if "data" not in self.model_fields_set:
            raise BadSettings([f"{PREFIX}DATA is not set: name the folder that keeps the data"])

    def require_store(self) -> None:
        """Make sure that a command finds a store: the one named, or the one `make run` made here.

        Raises:
            BadSettings: neither is there.
        """
        if not self.data.exists():
            self.require_data()


def wanted_language(environ: Mapping[str, str] | None = None) -> str:
    """Return the language of whoever types a command, "" when none of ours is named."""
    given = os.environ if environ is None else environ
    named = next((given[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if given.get(name)), "")
    return named[:2] if named[:2] in {"vi", "en"} else ""


def read_values(
    model: type[BaseSettings], environ: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """Return what the environment says of each field, and what is wrong with how it says it.

    An empty value means unset, as compose files write it.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field in model.model_fields:
        name = PREFIX + field.upper()
        file = environ.get(f"{name}_FILE", "")
        if value := environ.get(name, ""):
            values[field] = value
        if file and value:
            problems.append(f"{name} and {name}_FILE are both set")
        elif file:
            problems.extend(read_file(name, Path(file), field, values))
    return values, problems


def read_file(name: str, path: Path, field: str, values: dict[str, Any]) -> Iterator[str]:
    """Put a file's content into `values`, or say why not."""
    try:
        values[field] = path.read_text("utf-8")[:LARGEST_FILE].strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        yield f"{name}_FILE cannot be read: {path}: {reason}"


def problem(error: ErrorDetails) -> str:
    """Return one problem in our words, without the value where it may be secret."""
    if error["type"] == DEPENDENT:
        return ""
    field = str(error["loc"][0])
    said = PROBLEMS.get(error["type"], re.sub(r"^Value error, ", "", error["msg"]))
    secret = field.endswith(("_url", "_passphrase", "_password"))
    shown = "" if secret or "input" not in error else f": {error['input']!r}"
    return f"{PREFIX}{field.upper()} {said}{shown}"
