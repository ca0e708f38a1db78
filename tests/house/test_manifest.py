"""app.yaml and the code are in step, both ways."""

import ast
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import MendableError
from bot.manifest import manifest
from bot.sandbox.web_api import METHODS
from bot.slack.ids import Action

ROOT = Path(__file__).parents[2]
HISTORY = {"im:history", "channels:history", "groups:history"}

# Scopes by Slack's page of each method.
SCOPES: dict[str, set[str]] = {
    "auth_test": set(),
    "apps_connections_open": set(),  # of the app-level token
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "chat_delete": {"chat:write"},
    "reactions_add": {"reactions:write"},
    "conversations_open": {"im:write"},
    "conversations_info": {"channels:read", "groups:read"},  # and im:read, mpim:read: not asked about
    "conversations_history": HISTORY,
    "conversations_replies": HISTORY,
    "users_info": {"users:read"},
    "users_lookupByEmail": {"users:read.email"},
    "users_list": {"users:read"},
    "files_info": {"files:read"},
    "files_getUploadURLExternal": {"files:write"},
    "files_completeUploadExternal": {"files:write"},
}
EVENTS = {
    "message.im": ("message", {"im:history"}),
    "user_change": ("user_change", {"users:read"}),
    "team_join": ("team_join", {"users:read"}),
    "member_joined_channel": ("member_joined_channel", {"channels:read", "groups:read"}),
}


def app() -> dict[str, Any]:
    read: dict[str, Any] = YAML(typ="safe", pure=True).load(ROOT / "app.yaml")
    return read


def called() -> set[str]:
    """The Web API methods that bot/slack calls, each of which stands in the table."""
    return {
        node.attr
        for file in (ROOT / "bot" / "slack").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and callable(getattr(AsyncWebClient, node.attr, None))
        and "_" in node.attr and not node.attr.startswith("_")
    }  # fmt: skip


def registered() -> dict[str, set[str]]:
    """What Bolt is asked to listen for: its word (event, action, command ...) -> the names, where given."""
    found: dict[str, set[str]] = {}
    for file in (ROOT / "bot" / "slack").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("app."):
                word = ast.unparse(call.func).removeprefix("app.")
                names = [str(each.value) for each in call.args if isinstance(each, ast.Constant)]
                found.setdefault(word, set()).update(names)
    return found


def test_no_scope_is_missing_and_none_is_there_unused() -> None:
    used = set().union(*(SCOPES[method] for method in called()), *(scopes for _, scopes in EVENTS.values()))
    assert set(app()["oauth_config"]["scopes"]["bot"]) == used


def test_what_may_be_refused_at_the_installation_is_asked_for_too() -> None:
    scopes = app()["oauth_config"]["scopes"]
    assert set(scopes["bot_optional"]) == {"users:read.email"} <= set(scopes["bot"])


def test_events_subscribed_are_events_handled() -> None:
    subscribed = app()["settings"]["event_subscriptions"]["bot_events"]
    assert {EVENTS[event][0] for event in subscribed} == registered()["event"]


def test_what_people_can_press_and_type_is_what_is_listened_to_and_nothing_else_is_promised() -> None:
    features, settings, listened = app()["features"], app()["settings"], registered()
    assert settings["interactivity"]["is_enabled"] is bool(
        {"action", "view", "shortcut", "options"} & set(listened)
    )
    assert ("action" in listened) is bool(list(Action))
    assert ("slash_commands" in features) is ("command" in listened)
    assert ("shortcuts" in features) is ("shortcut" in listened)
    assert features["app_home"] == {
        "home_tab_enabled": "app_home_opened" in listened["event"],
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    assert set(features) == {"app_home", "bot_user"}  # so no commands and no shortcuts yet


def test_socket_mode_is_on_and_needs_no_address() -> None:
    settings = app()["settings"]
    assert settings["socket_mode_enabled"] is True
    assert "request_url" not in settings["event_subscriptions"] | settings["interactivity"]


def test_the_sandbox_has_the_methods_that_the_bot_calls_and_no_others() -> None:
    assert {method.replace(".", "_") for method in METHODS} == called()


def test_the_http_variant_has_its_addresses_and_no_socket() -> None:
    http = YAML(typ="safe", pure=True).load(manifest("https://plenary.example/"))
    target = "https://plenary.example/slack/events"
    settings = http["settings"]
    assert settings["socket_mode_enabled"] is False
    assert (settings["event_subscriptions"]["request_url"], settings["interactivity"]["request_url"]) == (
        target,
        target,
    )


@pytest.mark.parametrize("url", ["http://plenary.example", "plenary.example", "https://a b"])
def test_an_address_that_slack_would_refuse_is_refused(url: str) -> None:
    with pytest.raises(MendableError):
        manifest(url)
