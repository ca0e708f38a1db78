"""The app in the workspace: token, scopes, the way in, the bot on this machine, and one message."""

import json

from bot import manifest
from bot.config import Settings
from bot.doctor.result import Check, Result, problem, warning, well
from bot.domain.event import PersonId
from bot.slack.examining import Examining, Greeting, Reached, reach, ready_at
from bot.slack.refusals import Kind, Refusal

_NETWORK = "Does this machine reach slack.com, does a proxy stand between? Is SLACK_API_URL unset?"
_INSTALL_ANEW = (
    "At api.slack.com/apps open the app, add them under OAuth & Permissions (plenary manifest has all), "
    "and press Reinstall to Workspace."
)
_APP_LEVEL = (
    "Basic Information, App-Level Tokens: copy the token anew, or make one with the scope connections:write."
)


def bot(greeting: Greeting) -> list[Result]:
    """The bot token, and what it may do."""
    if greeting.identity is None:
        return [
            _refused(Check.BOT, "SLACK_BOT_TOKEN", greeting.refusal, "Copy it anew from OAuth & Permissions.")
        ]
    who = greeting.identity
    known = well(Check.BOT, f"Slack knows it: workspace {who.workspace}, the bot is {who.bot_user}.")
    return [known, *_scopes(greeting.scopes)]


def _scopes(granted: frozenset[str] | None) -> list[Result]:
    wanted = manifest.scopes()
    if granted is None:
        return [
            warning(Check.SCOPES, "Slack did not say which scopes were granted.", "Compare with app.yaml.")
        ]
    results = []
    if missing := sorted(wanted - granted):
        results.append(problem(Check.SCOPES, f"Scopes are missing: {', '.join(missing)}.", _INSTALL_ANEW))
    if extra := sorted(granted - wanted):
        results.append(
            warning(
                Check.SCOPES,
                f"Scopes were granted that Plenary does not use: {', '.join(extra)}.",
                "Nothing breaks. To be rid of them, take them off the app, uninstall it and install it anew.",
            )
        )
    return results or [
        well(Check.SCOPES, f"All {len(wanted)} scopes of app.yaml are granted, and no others.")
    ]


async def way_in(slack: Examining, settings: Settings, url: str | None, seconds: float) -> list[Result]:
    """How Slack reaches the bot, and whether one runs here."""
    running = await _running(settings, seconds)
    if settings.app_token is not None:
        return [*await _socket(slack, settings.app_token, url), running]
    if url is None or settings.signing_secret is None:
        unseen = warning(
            Check.PUBLIC_ADDRESS,
            "Signed HTTP: whether Slack reaches the bot cannot be seen without its public address.",
            "Run the bot, then: plenary doctor --url https://your.address",
        )
        return [unseen, running]
    return [*_address(url, await reach(url, settings.signing_secret, seconds)), running]


async def _socket(slack: Examining, app_token: str, url: str | None) -> list[Result]:
    results = []
    if url is not None:
        results.append(
            warning(
                Check.SOCKET,
                "--url was not looked at: with SLACK_APP_TOKEN the bot uses Socket Mode.",
                "Unset SLACK_APP_TOKEN for signed HTTP.",
            )
        )
    try:
        await slack.ticket(app_token)
    except Refusal as refusal:
        return [*results, _refused(Check.SOCKET, "SLACK_APP_TOKEN", refusal, _APP_LEVEL)]
    return [*results, well(Check.SOCKET, "Slack would open a socket for it: Socket Mode works.")]


def _address(url: str, reached: Reached) -> list[Result]:
    check = Check.PUBLIC_ADDRESS
    match reached.signed:
        case None:
            remedy = "Is the name right, does what speaks TLS run, does it pass requests on to HOST and PORT?"
            return [problem(check, f"Nothing answers at {url}.", remedy)]
        case 401:
            return [
                problem(
                    check,
                    "The bot refused the signature of a request like Slack's.",
                    "Does the bot run with this SLACK_SIGNING_SECRET? Does a proxy change the body?",
                )
            ]
        case 503:
            return [problem(check, "The bot answers there and takes nothing in yet.", "Ask its /readyz why.")]
        case status if not reached.echoes:
            remedy = (
                "It must pass POST /slack/events on to HOST and PORT of the bot, body and headers unchanged."
            )
            return [problem(check, f"What answers at {url} is not the bot (HTTP {status}).", remedy)]
    results = [well(check, "The bot answers a signed request there as Slack wants it.")]
    if not url.startswith("https://"):
        results.append(
            warning(check, "Slack calls https:// addresses only.", "Put something that speaks TLS in front.")
        )
    if reached.ready == 503:
        results.append(problem(check, "The bot there is not ready.", "Ask its /readyz why."))
    return results


async def _running(settings: Settings, seconds: float) -> Result:
    check, host = Check.RUNNING, "127.0.0.1" if settings.host == "0.0.0.0" else settings.host  # noqa: S104 - compared
    address = f"http://{host}:{settings.port}"
    start = "Start it: plenary run. One on another machine, or with another PORT, is not seen from here."
    if settings.port == 0:
        return warning(
            check, "With PORT 0 nobody knows where the bot listens.", "Set PORT to look at it here."
        )
    status, body = await ready_at(address, seconds)
    if status is None:
        return warning(check, f"No bot answers at {address}.", start)
    problems = _problems(body)
    if problems is None:
        return problem(check, f"Something else answers at {address}.", "Set another PORT for the bot.")
    if status != 200:
        told = ", ".join(f"{part} {why}" for part, why in problems.items())
        return problem(
            check, f"The bot runs at {address} and is not ready: {told}.", "See docs/operations.md."
        )
    return well(check, f"The bot runs at {address} and is ready.")


def _problems(body: str) -> dict[str, str] | None:
    """What a /readyz of ours tells; None for what is not ours."""
    try:
        told = json.loads(body)
        return {str(part): str(why) for part, why in told["problems"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


async def message(slack: Examining, person: PersonId) -> Result:
    """Send one message to somebody."""
    try:
        await slack.send(person)
    except Refusal as refusal:
        return problem(
            Check.MESSAGE,
            f"No message could be sent to {person} ({refusal.code}).",
            "Is it a member id (profile, three dots, Copy member ID) of somebody active in this workspace?",
        )
    return well(Check.MESSAGE, f"One message was sent to {person}. Ask whether it arrived.")


def _refused(check: Check, setting: str, refusal: Refusal | None, remedy: str) -> Result:
    code = refusal.code if refusal else "no answer"
    if refusal is None or refusal.kind in (Kind.AGAIN, Kind.LOOK, Kind.WAIT):
        return problem(check, f"Slack does not answer as it should ({code}).", _NETWORK)
    return problem(check, f"Slack refuses {setting} ({code}).", remedy)
