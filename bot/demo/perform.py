"""A day unattended: played on a stage, then checked by another process, which is told only the record."""

import os
import tempfile
import time
from pathlib import Path

from bot.demo import players
from bot.demo.breaks import FORGETFUL, Break, broken_day, event_file
from bot.demo.days import short_day, whole_day
from bot.demo.names import LISTED, UNLISTED
from bot.demo.play import PATIENCE, Play
from bot.demo.record import Record, titles_of
from bot.demo.stage import BOT, database, stage
from bot.demo.texts import Form, own_forms, real_form
from bot.domain.template import Template
from bot.errors import MendableError
from bot.programme.yaml import load_template

REAL_REPORT = "PLENARY_REAL_REPORT"
REAL_SESSION = "3.1"  # the session that a real form is typed for
SHORT_PATIENCE = 3.0  # real seconds, where a planted fault may be why something is not seen


async def perform(
    *, transport: str, database_kind: str, short: bool, broken: Break | None, planted: bool = True
) -> int:
    """Play and check; the exit code. The script of a break, without its fault, where it is not `planted`."""
    began = time.monotonic()
    template = load_template("marrakesh-2018")
    forms = _forms(template, with_real_one=not short and broken is None)
    hidden = {code: form.rapporteur for code, form in forms.items() if form.rapporteur}
    which = f"script of {broken}" if broken else "short day" if short else "whole day"
    print(f"plenary demo --play: {which}, {database_kind}, {transport}", flush=True)
    with tempfile.TemporaryDirectory(prefix="plenary-") as name, database(database_kind, Path(name)) as url:
        async with stage(
            Path(name),
            transport=transport,
            database_url=url,
            listed=() if planted and broken is Break.LEAKS_NAME else LISTED,
            rapporteurs=hidden,
            company=players.SEVEN,
            event_file=event_file(Path(name), broken, planted=planted),
            bot_module=FORGETFUL if planted and broken is Break.REMINDS_SUBMITTED else BOT,
        ) as set_up:
            record = Record(
                channel=players.DIGEST,
                titles=titles_of(template),
                sessions=list(players.SESSIONS),
                listed=[*LISTED, *hidden.values()],
                control="" if broken and broken.is_silent else UNLISTED[0],
                people=[each.id for each in players.SEVEN.people],
                organisers=[players.ORGANISER],
            )
            play = Play(set_up, record, SHORT_PATIENCE if broken else PATIENCE)
            if broken is not None:
                await broken_day(play, broken, planted=planted)
            elif short:
                await short_day(play, forms)
            else:
                await whole_day(play, forms)
            await play.calm()
            verdict, said = await play.check()
    print(f"{said}played in {time.monotonic() - began:.0f} s", flush=True)
    return verdict


def _forms(template: Template, *, with_real_one: bool) -> dict[str, Form]:
    """What is typed, by session; a real form is typed too if the environment names one."""
    forms = own_forms(tuple(section.key for section in template.sections))
    real = os.environ.get(REAL_REPORT, "")
    if real and with_real_one:
        if not Path(real).is_file():
            raise MendableError(f"{REAL_REPORT} names no file: {real}")
        forms[REAL_SESSION] = real_form(Path(real))
    return forms
