"""Replies and templates as JSON, through one codec: unions carry the name of their kind."""

import json
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from cattrs import BaseValidationError, Converter
from cattrs.strategies import configure_tagged_union

from bot.domain.errands import Task
from bot.domain.event import EventSettings
from bot.domain.replies import Reply
from bot.domain.template import Template

_converter = Converter(forbid_extra_keys=True)
_converter.register_unstructure_hook(datetime, lambda moment: moment.isoformat())
_converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
_converter.register_unstructure_hook(time, lambda wall: wall.isoformat())
_converter.register_structure_hook(time, lambda text, _: time.fromisoformat(text))
_converter.register_unstructure_hook(timedelta, lambda span: span.total_seconds())
_converter.register_structure_hook(timedelta, lambda seconds, _: timedelta(seconds=seconds))
configure_tagged_union(Reply, _converter, tag_name="reply")
configure_tagged_union(Task, _converter, tag_name="task")


def reply_to_json(reply: Reply) -> str:
    """A reply as the outbox keeps it."""
    return json.dumps(_converter.unstructure(reply, Reply), sort_keys=True)


def reply_from_json(text: str) -> Reply | None:
    """The reply again; None for what this version does not know: a newer one wrote it."""
    try:
        reply: Reply = _converter.structure(json.loads(text), Reply)  # type: ignore[arg-type] # a union is no class
    except (BaseValidationError, KeyError):
        return None
    return reply


def kind_of_reply(text: str) -> str:
    """What a reply is called, also one of a newer version."""
    return str(json.loads(text)["reply"])


def task_to_json(task: Task) -> str:
    """An errand's task as it is kept."""
    return json.dumps(_converter.unstructure(task, Task), sort_keys=True)


def task_from_json(text: str) -> Task:
    """The task again; raises on what this version does not know."""
    task: Task = _converter.structure(json.loads(text), Task)  # type: ignore[arg-type] # a union is no class
    return task


def template_to_json(template: Template) -> str:
    """A template as an event keeps it."""
    return json.dumps(_converter.unstructure(template), ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=64)
def template_from_json(text: str) -> Template:
    """The template again."""
    body: dict[str, Any] = json.loads(text)
    return _converter.structure(body, Template)


def settings_to_json(settings: EventSettings) -> str:
    """An event's settings as they are kept."""
    return json.dumps(_converter.unstructure(settings), ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=64)
def settings_from_json(text: str) -> EventSettings:
    """The settings again; what an earlier version did not keep has its default."""
    body: dict[str, Any] = json.loads(text)
    return _converter.structure(body, EventSettings)
