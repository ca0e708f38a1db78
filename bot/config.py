"""Settings: one frozen record from the environment; all faults at once, each with what to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import SettingsRefused

DEFAULT_DATABASE = "sqlite:///plenary.db"
SLACK_API = "https://slack.com/api/"

# name -> what it is; the only list, read by the documentation's test
NAMES = {
    "SLACK_BOT_TOKEN": "the bot's token, xoxb-…; from OAuth & Permissions in your app's settings",
    "SLACK_APP_TOKEN": "an app-level token, xapp-…; given: Socket Mode",
    "SLACK_SIGNING_SECRET": "from Basic Information; needed without an app-level token: signed HTTP",
    "SLACK_API_URL": "Slack's Web API; only to talk to an imitation of Slack",
    "DATABASE_URL": "sqlite:///FILE or postgresql://…; default: a SQLite file, plenary.db",
    "HOST": "the address to listen on; default 127.0.0.1",
    "PORT": "the port to listen on; default 3000",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR; default INFO",
    "LOG_FORMAT": "text or json; default text",
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Settings:
    """What `plenary run` reads. It has no repr that could show a secret."""

    bot_token: str
    app_token: str | None
    signing_secret: str | None
    api_url: str
    database_url: str
    host: str
    port: int
    log_level: str
    log_format: str

    def __repr__(self) -> str:
        way_in = "Socket Mode" if self.app_token else "HTTP"
        return f"<settings: {way_in}, {self.host}:{self.port}>"

    @classmethod
    def load(cls, environ: Mapping[str, str], *, needs_a_way_in: bool = True) -> "Settings":
        """The settings of an environment; raises SettingsRefused with every fault.

        Commands that only call Slack need no way in: neither app-level token nor signing secret.
        """
        value = {name: environ.get(name, "").strip() for name in NAMES}
        checks = {name: check for name, check in _CHECKS.items() if needs_a_way_in or check is not _secret}
        if faults := [fault for name, check in checks.items() if (fault := check(name, value))]:
            raise SettingsRefused(faults)
        return cls(
            bot_token=value["SLACK_BOT_TOKEN"],
            app_token=value["SLACK_APP_TOKEN"] or None,
            signing_secret=value["SLACK_SIGNING_SECRET"] or None,
            api_url=value["SLACK_API_URL"] or SLACK_API,
            database_url=database_url(environ),
            host=value["HOST"] or "127.0.0.1",
            port=int(value["PORT"] or 3000),
            log_level=value["LOG_LEVEL"] or "INFO",
            log_format=value["LOG_FORMAT"] or "text",
        )


def database_url(environ: Mapping[str, str]) -> str:
    """Where the database is; for commands that need nothing of Slack."""
    return environ.get("DATABASE_URL", "").strip() or DEFAULT_DATABASE


def _bot_token(name: str, value: Mapping[str, str]) -> str | None:
    return _token(name, value[name], "xoxb-") if value[name] else f"{name} is missing: {NAMES[name]}."


def _app_token(name: str, value: Mapping[str, str]) -> str | None:
    return _token(name, value[name], "xapp-") if value[name] else None


def _secret(name: str, value: Mapping[str, str]) -> str | None:
    if value[name] or value["SLACK_APP_TOKEN"]:
        return None
    return f"{name} is missing: {NAMES[name]}. Or give SLACK_APP_TOKEN for Socket Mode."


def _api_url(name: str, value: Mapping[str, str]) -> str | None:
    good = not value[name] or value[name].startswith(("http://", "https://"))
    return None if good else f"{name} must begin with http:// or https://."


def _database(name: str, value: Mapping[str, str]) -> str | None:
    known = ("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")
    good = not value[name] or value[name].startswith(known)
    return None if good else f"{name} must begin with sqlite:/// or postgresql://."


def _port(name: str, value: Mapping[str, str]) -> str | None:
    good = not value[name] or (value[name].isdecimal() and int(value[name]) <= 65535)
    return None if good else f"{name} must be a number from 0 to 65535."


def _level(name: str, value: Mapping[str, str]) -> str | None:
    good = value[name] in ("", "DEBUG", "INFO", "WARNING", "ERROR")
    return None if good else f"{name} must be DEBUG, INFO, WARNING or ERROR."


def _format(name: str, value: Mapping[str, str]) -> str | None:
    return None if value[name] in ("", "text", "json") else f"{name} must be text or json."


def _token(name: str, token: str, prefix: str) -> str | None:
    if token.startswith(prefix) and token.isascii() and not any(map(str.isspace, token)):
        return None
    shown = token[:5] if token[:5] in ("xoxb-", "xoxp-", "xapp-", "xoxe-") else "something else"
    return f"{name} must begin with {prefix} and is {shown}… ({len(token)} characters): {NAMES[name]}."


_CHECKS = {
    "SLACK_BOT_TOKEN": _bot_token,
    "SLACK_APP_TOKEN": _app_token,
    "SLACK_SIGNING_SECRET": _secret,
    "SLACK_API_URL": _api_url,
    "DATABASE_URL": _database,
    "PORT": _port,
    "LOG_LEVEL": _level,
    "LOG_FORMAT": _format,
}
