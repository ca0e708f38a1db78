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
    "conversations_history": HISTORY,
    "conversations_replies": HISTORY,
}
EVENTS = {"message.im": ("message", {"im:history"})}


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


def listened() -> set[str]:
    """The events that listeners are registered for."""
    return {
        str(call.args[0].value)
        for file in (ROOT / "bot" / "slack" / "listeners").glob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "event"
        and isinstance(call.args[0], ast.Constant)
    }


def test_no_scope_is_missing_and_none_is_there_unused() -> None:
    used = set().union(*(SCOPES[method] for method in called()), *(scopes for _, scopes in EVENTS.values()))
    assert set(app()["oauth_config"]["scopes"]["bot"]) == used


def test_events_subscribed_are_events_handled() -> None:
    subscribed = app()["settings"]["event_subscriptions"]["bot_events"]
    assert {EVENTS[event][0] for event in subscribed} == listened()


def test_people_can_write_to_the_bot_and_press_and_nothing_else_is_promised() -> None:
    features, settings = app()["features"], app()["settings"]
    assert features["app_home"] == {
        "home_tab_enabled": False,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    assert set(features) == {"app_home", "bot_user"}
    assert (settings["interactivity"]["is_enabled"], settings["socket_mode_enabled"]) == (True, True)


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
