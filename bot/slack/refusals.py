"""What an unsuccessful call to Slack means, by kind (slack.md, 1 and 4; house.md, "Outbox")."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

T = TypeVar("T")


class Kind(StrEnum):
    """What to do about it."""

    WAIT = "wait"  # Slack says how long; nothing was posted
    AGAIN = "again"  # nothing was posted; it will pass, or somebody will mend it
    LOOK = "look first"  # it may have been posted
    TARGET_GONE = "target gone"  # nobody can ever read this there
    INSTALLATION_GONE = "installation gone"  # nothing can be posted at all
    OURS = "ours"  # our own mistake: we asked for what cannot be
    UNKNOWN = "unknown"  # a code that is not in the table: again for a minute, then somebody is asked


# The bot is not in the channel; a private one is said not to exist. It waits for the invitation.
UNINVITED = ("not_in_channel", "channel_not_found", "no_permission")

# The workspace takes no such file. Somebody may mend it, but a DM does not wait for that: its reader is told.
NO_UPLOADS = (
    "file_type_not_allowed", "file_upload_size_restricted", "file_uploads_disabled",
    "file_uploads_except_images_disabled", "storage_limit_reached",
)  # fmt: skip

# Every code of Slack's pages on the methods we call, and of those common to all methods
# (docs.slack.dev/reference/methods, "Errors").
CODES = {
    Kind.WAIT: ("ratelimited", "rate_limited", "too_many_requests", "message_limit_exceeded"),
    Kind.AGAIN: (
        *UNINVITED,
        # an administrator can mend it
        "access_denied", "accesslimited", "app_access_restricted", "ekm_access_denied",
        "messages_tab_disabled", "posting_to_channel_denied", "restricted_action",
        "restricted_action_non_threadable_channel", "restricted_action_read_only_channel",
        "restricted_action_thread_locked", "restricted_action_thread_only_channel",
        # the workspace or the channel is being moved
        "external_channel_migrating", "org_login_required", "team_added_to_org",
    ),
    Kind.LOOK: ("fatal_error", "internal_error", "request_timeout", "service_unavailable", "update_failed",
                "file_update_failed"),
    Kind.TARGET_GONE: (
        "is_archived", "is_inactive", "team_not_found",
        "user_disabled", "user_not_found", "users_not_found", "user_not_visible", "cannot_dm_bot",
        "invalid_user_combination", "msg_too_long", "msg_blocks_too_long",
        "message_not_found", "thread_not_found", "cannot_reply_to_message", "cant_update_message",
        "cant_delete_message", "edit_window_closed", "streaming_state_conflict",
        "invalid_channel",
        "no_access", "not_reactable", "thread_locked", "too_many_emoji", "too_many_reactions",
    ),
    Kind.INSTALLATION_GONE: (
        "account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed",
        "team_access_not_granted", "enterprise_is_restricted", "two_factor_setup_required", "forbidden_team",
    ),
    Kind.OURS: (
        "missing_scope", "not_allowed_token_type", "unknown_method", "deprecated_endpoint",
        "method_deprecated", "insecure_request", "missing_args",
        "invalid_arg_name", "invalid_arguments", "invalid_array_arg", "invalid_charset", "invalid_form_data",
        "invalid_post_type", "missing_post_type",
        "invalid_blocks", "invalid_blocks_format", "invalid_attachments", "block_mismatch", "no_text",
        "too_many_attachments", "too_many_contact_cards", "attachment_payload_limit_exceeded",
        "invalid_metadata_format", "invalid_metadata_schema", "invalid_metadata_filter_keys",
        "metadata_must_be_sent_from_app", "metadata_too_large", "markdown_text_conflict",
        "as_user_not_supported", "send_on_behalf_not_allowed", "cant_broadcast_message",
        "no_dual_broadcast_content_update", "duplicate_channel_not_found", "duplicate_message_not_found",
        "draft_already_deleted", "draft_already_sent", "draft_has_conflict", "draft_not_found",
        "blocked_file_type", "file_deleted", "file_is_deleted", "file_not_found", "file_share_limit_reached",
        "max_file_sharing_exceeded", "missing_file_data", "unable_to_share_files",
        "slack_connect_blocked_file_type", "slack_connect_canvas_sharing_blocked",
        "slack_connect_clip_sharing_blocked", "slack_connect_file_link_sharing_blocked",
        "slack_connect_file_upload_sharing_blocked", "slack_connect_lists_sharing_blocked",
        *NO_UPLOADS, "user_is_external_guest", "channels_limit_exceeded", "missing_argument",
        "alt_txt_too_large", "snippet_too_large", "unknown_snippet_type", "unknown_subtype",
        "not_visible", "template_not_visible",
        "canvas_disabled_file_team", "canvas_disabled_user_team", "canvas_globally_disabled",
        "already_reacted", "bad_timestamp", "invalid_name", "no_item_specified",
        "invalid_cursor", "invalid_limit", "invalid_ts_latest", "invalid_ts_oldest",
        "list_record_comment_fetch_failed", "method_not_supported_for_channel_type",
        "not_enough_users", "too_many_users", "users_list_not_supplied",
    ),
}  # fmt: skip
_KINDS = {code: kind for kind, codes in CODES.items() for code in codes}
_SLOW = frozenset({"message_limit_exceeded", *CODES[Kind.AGAIN]})  # somebody must do something first


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """An unsuccessful call: its kind, Slack's code, and how many seconds Slack asks us to wait."""

    kind: Kind
    code: str
    wait: float = 5.0


def refusal_of(error: Exception) -> Refusal | None:
    """The kind of a failure; None for what no call to Slack raises."""
    match error:
        case SlackApiError():
            return _answered(error)
        case aiohttp.ClientConnectorError():
            return Refusal(Kind.AGAIN, "unreachable", 2.0)
        case aiohttp.ClientError() | asyncio.TimeoutError():
            return Refusal(Kind.LOOK, "no answer")
        case SlackClientError():
            return Refusal(Kind.LOOK, "answer not understood")
        case _:
            return None


async def patiently(call: Callable[[], Awaitable[T]], *, tries: int) -> T:
    """A call, made again while Slack asks us to wait, so often at most. Raises Refusal."""
    for left in reversed(range(tries)):
        try:
            return await call()
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            if refusal.kind is not Kind.WAIT or not left:
                raise refusal from None  # Slack's own error holds the whole answer
        await asyncio.sleep(refusal.wait)
    raise AssertionError("the last try returns or raises")


def _answered(error: SlackApiError) -> Refusal:
    response = error.response
    status = getattr(response, "status_code", 200)
    if status == 429:
        return Refusal(Kind.WAIT, "ratelimited", _seconds(response.headers.get("Retry-After")))
    if status >= 500:
        return Refusal(Kind.LOOK, f"http {status}")
    code = response.get("error") if isinstance(response.data, dict) else None
    if not isinstance(code, str):
        return Refusal(Kind.LOOK, "answer not understood")
    kind = _KINDS.get(code, Kind.UNKNOWN)
    return Refusal(kind, code, 30.0 if code in _SLOW else 5.0)


def _seconds(header: object) -> float:
    return float(header) if isinstance(header, str) and header.isdecimal() else 30.0
