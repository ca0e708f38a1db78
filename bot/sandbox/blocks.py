"""Slack's limits on messages: what chat.postMessage and chat.update refuse."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

UPDATE_TEXT = 4_000
ALL_BLOCKS_TEXT = 13_200
BLOCKS = 50

_SECTION, _HEADER, _ID, _VALUE, _LABEL = 3_000, 150, 255, 2_000, 75
_PLACEHOLDER, _OPTION_VALUE = 150, 150
_OPTIONS = {"overflow": range(2, 6), "static_select": range(1, 101)}
_RICH = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
_RUNS = {"text", "user", "usergroup", "channel", "link", "emoji", "broadcast", "date", "color"}


class Invalid(Exception):
    """What Slack says of blocks that it does not take: an error code and details."""

    def __init__(self, code: str, *details: str) -> None:
        super().__init__(code)
        self.code, self.details = code, details


def check(blocks: list[Json]) -> None:
    """Raise Invalid for anything that Slack refuses in a message's blocks."""
    if len(blocks) > BLOCKS:
        raise Invalid("invalid_blocks", f"no more than {BLOCKS} items allowed")
    try:
        faults = [
            f"{fault} [/blocks/{index}]" for index, block in enumerate(blocks) for fault in _faults(block)
        ]
    except (AttributeError, TypeError, KeyError):
        raise Invalid("invalid_blocks", "a text, list or object where Slack expects another") from None
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(set(ids)) < len(ids):
        faults.append("block_id must be unique")
    if faults:
        raise Invalid("invalid_blocks", *faults)
    if sum(map(len, _texts(blocks))) > ALL_BLOCKS_TEXT:
        raise Invalid("msg_blocks_too_long")


def check_replacement(old: list[Json], new: list[Json]) -> None:
    """Raise Invalid when an update puts something else in the place of rich_text, or takes all of it away."""
    had = [index for index, block in enumerate(old) if block["type"] == "rich_text"]
    has = {index for index, block in enumerate(new) if block["type"] == "rich_text"}
    if had and (not has or any(index < len(new) and index not in has for index in had)):
        raise Invalid("block_mismatch")


def _faults(block: Json) -> Iterator[str]:
    if len(str(block.get("block_id") or "")) > _ID:
        yield "block_id is too long"
    match block.get("type"):
        case "header":
            yield from _text_faults(block.get("text"), _HEADER, plain=True)
        case "section":
            yield from _text_faults(block.get("text"), _SECTION)
            if block.get("accessory") is not None:
                yield from _element_faults(block["accessory"])
        case "context":
            elements = block.get("elements") or []
            if not 1 <= len(elements) <= 10:
                yield "context needs 1 to 10 elements"
            for element in elements:
                yield from _text_faults(element, _SECTION)
        case "divider":
            pass
        case "actions":
            yield from _action_faults(block.get("elements") or [])
        case "rich_text":
            yield from _rich_faults(block.get("elements") or [])
        case other:
            yield f"unsupported type: {other}"


def _text_faults(text: Any, longest: int, *, plain: bool = False) -> Iterator[str]:
    if not isinstance(text, dict) or text.get("type") not in ("plain_text", "mrkdwn"):
        yield "missing text"
        return
    if plain and text["type"] != "plain_text":
        yield "must be plain_text"
    if not 1 <= len(text.get("text") or "") <= longest:
        yield f"text must have 1 to {longest} characters"


def _action_faults(elements: list[Json]) -> Iterator[str]:
    if not 1 <= len(elements) <= 25:
        yield "actions needs 1 to 25 elements"
    ids = [element.get("action_id") for element in elements]
    if len(set(ids)) < len(ids):
        yield "action_id must be unique in a block"
    for element in elements:
        yield from _element_faults(element)


def _element_faults(element: Json) -> Iterator[str]:
    if not 1 <= len(element.get("action_id") or "") <= _ID:
        yield "action_id must have 1 to 255 characters"
    match element.get("type"):
        case "button":
            yield from _button_faults(element)
        case "overflow":
            yield from _option_faults(element)
        case "static_select":
            if element.get("placeholder") is not None:
                yield from _text_faults(element["placeholder"], _PLACEHOLDER, plain=True)
            yield from _option_faults(element)
        case other:
            yield f"unsupported element: {other}"


def _button_faults(button: Json) -> Iterator[str]:
    yield from _text_faults(button.get("text"), _LABEL, plain=True)
    if len(button.get("value") or "") > _VALUE:
        yield "value is too long"
    if len(button.get("accessibility_label") or "") > _LABEL:
        yield "accessibility_label is too long"
    if button.get("style") not in (None, "primary", "danger"):
        yield "unknown style"


def _option_faults(element: Json) -> Iterator[str]:
    options, allowed = element.get("options") or [], _OPTIONS[element["type"]]
    if len(options) not in allowed:
        yield f"{element['type']} needs {allowed[0]} to {allowed[-1]} options"
    for option in options:
        yield from _text_faults(option.get("text"), _LABEL, plain=True)
        if not 1 <= len(option.get("value") or "") <= _OPTION_VALUE:
            yield f"an option's value must have 1 to {_OPTION_VALUE} characters"
    values = [option.get("value") for option in options]
    if len(set(values)) < len(values):
        yield "values of options must be unique"


def _rich_faults(elements: list[Json]) -> Iterator[str]:
    if not elements:
        yield "rich_text needs elements"
    for element in elements:
        kind = element.get("type")
        if kind not in _RICH:
            yield f"unsupported element: {kind}"
        elif kind == "rich_text_list":
            if (
                element.get("style") not in ("bullet", "ordered")
                or not 0 <= (element.get("indent") or 0) <= 8
            ):
                yield "list has an unknown style or indent"
            lines = element.get("elements") or []
            if any(line.get("type") != "rich_text_section" for line in lines):
                yield "list holds something else than sections"
            yield from _rich_faults(lines)
        else:
            for run in element.get("elements") or [{}]:
                if run.get("type") not in _RUNS or (run["type"] == "text" and not run.get("text")):
                    yield "rich_text has an empty or unknown run"


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _texts(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
