"""Files of the local Slack: what people send and what the bot uploads; their objects, and their addresses."""

from collections.abc import Mapping
from mimetypes import guess_type
from urllib.parse import quote
from uuid import uuid4

from bot.sandbox.state import File, Json, State


def sent(state: State, person: str, files: Mapping[str, bytes], channel: str) -> list[Json]:
    """Files that somebody sends into a channel, as Slack's objects."""
    made = [new_file(state, person, name, body, [channel]) for name, body in files.items()]
    return [as_object(state, each) for each in made]


def new_file(state: State, user: str, name: str, body: bytes, channels: list[str]) -> File:
    """A file that is there from now on."""
    id_ = f"F{uuid4().hex[:10].upper()}"
    made = File(
        id=id_, name=name, title=name, user=user, at=int(state.now().timestamp()), body=body,
        channels=channels,
    )  # fmt: skip
    state.files[id_] = made
    state.changed()
    return made


def as_object(state: State, file: File) -> Json:
    """Slack's file object, as far as the bot and the page look at it."""
    address = f"{state.base}/files-pri/{state.identity.team}-{file.id}"
    name = quote(file.name, errors="replace")
    kind = file.name.rpartition(".")[2].lower()
    return {
        "id": file.id, "created": file.at, "timestamp": file.at, "name": file.name, "title": file.title,
        "mimetype": guess_type(file.name)[0] or "application/octet-stream", "filetype": kind,
        "pretty_type": kind.upper(), "user": file.user, "user_team": state.identity.team, "editable": False,
        "size": len(file.body), "mode": "hosted", "is_external": False, "external_type": "",
        "is_public": False, "public_url_shared": False, "display_as_bot": False, "username": "",
        "url_private": f"{address}/{name}",
        "url_private_download": f"{address}/download/{name}",
        "permalink": f"{address}/{name}", "file_access": "visible",
    }  # fmt: skip


def can_see(state: State, user: str, file: File) -> bool:
    """Whether somebody, or the bot, sent a file or is where it was shared."""
    places = [state.channels[each] for each in file.channels if each in state.channels]
    return file.user == user or any(user in each.members for each in places)
