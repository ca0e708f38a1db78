"""What the sandbox's handlers find in their application."""

from aiohttp import web

from bot.sandbox.ahead import Ahead
from bot.sandbox.deliveries import Deliveries
from bot.sandbox.demo_clock import DemoClock
from bot.sandbox.faults import Faults
from bot.sandbox.members import Members
from bot.sandbox.onlookers import Onlookers
from bot.sandbox.people import People
from bot.sandbox.state import Json, State

STATE = web.AppKey("state", State)
PEOPLE = web.AppKey("people", People)
MEMBERS = web.AppKey("members", Members)
FAULTS = web.AppKey("faults", Faults)
DELIVERIES = web.AppKey("deliveries", Deliveries)
CLOCK = web.AppKey("clock", DemoClock)
MANIFEST: web.AppKey[Json] = web.AppKey("manifest", dict)
ONLOOKERS = web.AppKey("onlookers", Onlookers)
AHEAD = web.AppKey("ahead", Ahead)
CALLS: web.AppKey[set[object]] = web.AppKey("calls", set)  # of the bot, not answered yet
