"""The Slack app manifest, as shipped or for signed HTTP."""

from io import StringIO

from ruamel.yaml import YAML

from bot.errors import MendableError
from bot.programme.files import manifest_path
from bot.slack.ids import EVENTS_PATH


def scopes() -> frozenset[str]:
    """The scopes that app.yaml asks for the bot."""
    tree = YAML(typ="safe", pure=True).load(manifest_path().read_text(encoding="utf-8"))
    return frozenset(tree["oauth_config"]["scopes"]["bot"])


def manifest(url: str | None = None) -> str:
    """The text of app.yaml; with a public address (https://…), the variant without Socket Mode."""
    text = manifest_path().read_text(encoding="utf-8")
    if url is None:
        return text
    if not url.startswith("https://") or any(map(str.isspace, url)):
        raise MendableError("--url must be a public address that begins with https://.")
    yaml = YAML()
    tree = yaml.load(text)
    target = url.rstrip("/") + EVENTS_PATH
    settings = tree["settings"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"].insert(0, "request_url", target)
    settings["interactivity"]["request_url"] = target
    written = StringIO()
    yaml.dump(tree, written)
    return written.getvalue()
