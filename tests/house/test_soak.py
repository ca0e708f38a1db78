"""The soak's count sees each kind of fault, and the whole command finds one that is planted."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bench.soak.__main__ import parser
from bench.soak.count import Kind, apart, columns, count, never_struck, silence
from bench.soak.downtimes import Downtime
from bench.soak.ledger import Asked, Diary, Ledger, Note, Wording
from bench.soak.short import SHARES, only
from bench.soak.standing import Standing
from bench.soak.trouble import FAULTS
from bot.demo.names import LISTED
from bot.sandbox.faults import KINDS

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]
TITLES = ("1. Main points", "2. Challenges")
A, B = "1.1", "2.2"


def wording(marker: str, text: str = "borders and ports", reads: str | None = None) -> Wording:
    return Wording(marker, f"{marker} {text}", f"{marker} {text if reads is None else reads}")


def a_ledger() -> Ledger:
    """Two people: one with an edited, a deleted and a named note, one who raised nothing."""
    one = Diary(A, "UA", 2, asked=[Asked("0010"), Asked("0040"), Asked("0080")], report_at="0080")
    one.open("0010", 0)
    one.open("0040", 1)
    one.notes = [
        Note("0020", 0, [wording("z00q1"), wording("z00q2", "borders at last")]),
        Note("0021", 0, [wording("z00q3", f"{LISTED[0]} spoke", "a participant spoke")]),
        Note("0022", 0, [wording("z00q4")], is_deleted=True),
        Note("0041", 1, [wording("z00q5")]),
    ]
    other = Diary(B, "UB", 2, asked=[Asked("0080")], report_at="0080", is_to_be_reminded=True)
    other.mark(0)
    return Ledger(TITLES, LISTED, {A: one, B: other})


def post(ts: str, *blocks: Json, text: str = "a post", key: str | None = None) -> Json:
    metadata = {"event_type": "plenary_delivery", "event_payload": {"key": key or ts}}
    return {"ts": ts, "bot_id": "B", "text": text, "blocks": list(blocks), "metadata": metadata}


def rich(*lines: tuple[str, bool]) -> Json:
    def section(text: str, is_bold: bool) -> Json:
        style = {"style": {"bold": True}} if is_bold else {}
        return {"type": "rich_text_section", "elements": [{"type": "text", "text": text, **style}]}

    return {"type": "rich_text", "elements": [section(*line) for line in lines]}


def buttons(**found: str) -> Json:
    elements = [{"action_id": name.replace("_", "."), "value": value} for name, value in found.items()]
    return {"type": "actions", "elements": elements}


def header(text: str) -> Json:
    return {"type": "header", "text": {"text": text}}


def card(ts: str, section: int) -> Json:
    value = f"1|event|{A}|{section}"
    return post(ts, header(TITLES[section]), buttons(walk_next=value, walk_nothing=value))


def typed_by_a() -> list[Json]:
    return [
        {"ts": note.ts, "text": note.now.typed} for note in a_ledger().diaries[A].notes if not note.is_deleted
    ]


READ_A = [("1. Main points", True), ("z00q2 borders at last", False), ("z00q3 a participant spoke", False),
          ("2. Challenges", True), ("z00q5 borders and ports", False)]  # fmt: skip
READ_B = [("1. Main points", True), ("Nothing was raised", False),
          ("2. Challenges", True), ("Not answered", False)]  # fmt: skip


@dataclass
class Stand:
    """What a good bot would let stand; tests spoil it."""

    a: list[tuple[str, bool]] = field(default_factory=lambda: list(READ_A))
    b: list[tuple[str, bool]] = field(default_factory=lambda: list(READ_B))
    typed: list[Json] = field(default_factory=typed_by_a)
    cards: list[Json] = field(default_factory=lambda: [card("0011", 0), card("0042", 1)])
    more: list[Json] = field(default_factory=list)  # in the DM of B
    parents: int = 1
    replies: list[Json] = field(default_factory=list)
    logs: list[str] = field(default_factory=lambda: ["event='delivered' row=1"])
    reminders: int = 1

    def standing(self) -> Standing:
        typed = [(text.replace("a participant", LISTED[0]), is_bold) for text, is_bold in READ_A]
        parent = post("0090", rich(("Reports", True), (f"{A} z00q2 borders", False), (f"{B} Nothing", False)))
        return Standing(
            dms={
                "UA": [*self.typed, *self.cards, self.review("0081", A, typed)],
                "UB": [
                    *(
                        post(f"005{number}", text=f"One hour left: {B} is due at 14:30 in Marrakesh.")
                        for number in range(self.reminders)
                    ),
                    self.review("0081b", B, READ_B),
                    *self.more,
                ],
            },
            channel=[parent]
            + [post(f"0097{number}", rich(("Reports", True))) for number in range(1, self.parents)],
            replies=[self.reply("0091", A, self.a), self.reply("0092", B, self.b), *self.replies],
            logs=self.logs,
        )

    def reply(self, ts: str, session: str, read: list[tuple[str, bool]]) -> Json:
        return post(ts, rich((f"{session} A title", True), *read))

    def review(self, ts: str, session: str, read: list[tuple[str, bool]]) -> Json:
        title = header(f"Your report of Roundtable {session}")
        return post(ts, title, rich(*read), buttons(report_submit=f"1|event|{session}|1"))


def test_a_good_bot_has_no_findings() -> None:
    assert count(a_ledger(), Stand().standing()) == []


def without_a_note(stand: Stand) -> None:
    del stand.a[1]


def without_a_message_in_the_dm(stand: Stand) -> None:
    del stand.typed[0]


def without_a_section(stand: Stand) -> None:
    stand.b[1:2] = [("Not answered", False)]


def with_a_cut_note(stand: Stand) -> None:
    stand.a[4] = ("z00q5 borders and", False)


def in_the_wrong_section(stand: Stand) -> None:
    stand.a.append(stand.a.pop(1))


def with_a_note_twice(stand: Stand) -> None:
    stand.a.insert(1, stand.a[1])


def with_two_digests(stand: Stand) -> None:
    stand.parents = 2


def with_a_reply_twice(stand: Stand) -> None:
    stand.replies.append(stand.reply("0095", A, stand.a))


def with_one_key_twice(stand: Stand) -> None:
    stand.more.append(post("0096", key="0081"))


def with_an_answer_too_many(stand: Stand) -> None:
    stand.cards.append(card("0043", 1))


def without_an_answer(stand: Stand) -> None:
    del stand.cards[1]


def with_notes_the_other_way_round(stand: Stand) -> None:
    stand.a[1:3] = reversed(stand.a[1:3])


def with_cards_the_other_way_round(stand: Stand) -> None:
    stand.cards.reverse()


def with_a_name(stand: Stand) -> None:
    stand.a[2] = (f"z00q3 {LISTED[0]} spoke", False)


def with_a_name_in_other_letters(stand: Stand) -> None:
    stand.a.append((LISTED[2].upper(), False))


def with_a_name_in_the_log(stand: Stand) -> None:
    stand.logs.append(f"event='delivered' to={LISTED[0]}")


def with_an_earlier_wording(stand: Stand) -> None:
    stand.a[1] = ("z00q1 borders and ports", False)


def with_a_deleted_note(stand: Stand) -> None:
    stand.a.insert(3, ("z00q4 borders and ports", False))


def with_words_of_another_session(stand: Stand) -> None:
    stand.b.append(("z00q5 borders and ports", False))


def with_words_in_the_log(stand: Stand) -> None:
    stand.logs.append("event='delivered' text='z00q5 borders'")


def with_words_in_the_metadata(stand: Stand) -> None:
    stand.more.append(post("0096", key="z00q5"))


def with_words_in_a_notification(stand: Stand) -> None:
    stand.more.append(post("0096", text="Kept: z00q5 borders"))


def without_a_reminder(stand: Stand) -> None:
    stand.reminders = 0


def with_two_reminders(stand: Stand) -> None:
    stand.reminders = 2


SPOILT: dict[Callable[[Stand], None], Kind] = {
    without_a_note: Kind.LOSES_NOTE,
    without_a_message_in_the_dm: Kind.LOSES_NOTE,
    without_a_section: Kind.LOSES_NOTE,
    with_a_cut_note: Kind.LOSES_NOTE,
    in_the_wrong_section: Kind.LOSES_NOTE,
    without_an_answer: Kind.LOSES_NOTE,
    with_a_note_twice: Kind.DOUBLES_POST,
    with_two_digests: Kind.DOUBLES_POST,
    with_a_reply_twice: Kind.DOUBLES_POST,
    with_one_key_twice: Kind.DOUBLES_POST,
    with_an_answer_too_many: Kind.DOUBLES_POST,
    with_two_reminders: Kind.DOUBLES_POST,
    with_notes_the_other_way_round: Kind.ORDER,
    with_cards_the_other_way_round: Kind.ORDER,
    with_a_name: Kind.LEAKS_NAME,
    with_a_name_in_other_letters: Kind.LEAKS_NAME,
    with_a_name_in_the_log: Kind.LEAKS_NAME,
    with_an_earlier_wording: Kind.FORGETS_EDIT,
    with_a_deleted_note: Kind.FORGETS_EDIT,
    with_words_of_another_session: Kind.LEAKS_WORDS,
    with_words_in_the_log: Kind.LEAKS_WORDS,
    with_words_in_the_metadata: Kind.LEAKS_WORDS,
    with_words_in_a_notification: Kind.LEAKS_WORDS,
    without_a_reminder: Kind.FORGETS_REMINDER,
}


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
def test_each_fault_of_the_outcome_is_counted(spoil: Callable[[Stand], None]) -> None:
    stand = Stand()
    spoil(stand)
    found = count(a_ledger(), stand.standing())
    assert SPOILT[spoil] in {finding.kind for finding in found}
    assert sum(columns(found).values()) == len(found)


def test_every_kind_of_finding_is_shown_to_be_counted() -> None:
    assert set(SPOILT.values()) == set(Kind) - {Kind.NEVER_STRUCK, Kind.GROWS}


def test_a_kind_that_was_planned_and_never_struck_is_a_fault() -> None:
    (finding,) = never_struck(["kill", "hold"], Counter({"kill": 2}))
    assert (finding.kind, finding.what) == (Kind.NEVER_STRUCK, "hold")


def test_every_fault_of_the_sandbox_is_planned_but_those_of_a_broken_bot() -> None:
    planned = {*FAULTS, *(downtime.value for downtime in Downtime)}
    assert set(KINDS) - planned == {
        "post_doubled",
        "post_lost",
        "event_lost",
        "pong_missing",
    }  # an idle line's


def test_a_report_that_may_or_may_not_have_been_marked_is_right_either_way() -> None:
    ledger, stand = a_ledger(), Stand()
    ledger.diaries[B].nothing = {0: False}
    assert count(ledger, stand.standing()) == []


def test_a_review_with_something_between_its_pages_stands_apart() -> None:
    first = post("0001", header("Your report of Roundtable 1.1"), rich(("1. Main points", True)))
    last = post(
        "0003", header("Your report of Roundtable 1.1, continued"), buttons(report_submit="1|e|1.1|1")
    )
    assert (apart([first, last]), apart([first, card("0002", 0), last])) == (0, 1)


def test_silence_is_the_wait_for_an_answer_without_the_downtimes() -> None:
    diary = Diary(A, "UA", 2, asked=[Asked("100"), Asked("200")])
    messages = [card("103", 0), card("260", 1)]
    heard = {"100": 100.0, "200": 200.0}
    assert silence(diary, messages, heard, []) == 60.0
    assert silence(diary, messages, heard, [(190.0, 250.0)]) == 10.0


def test_every_option_and_every_name_of_a_fault_is_explained_and_no_other() -> None:
    page = (ROOT / "docs" / "soak.md").read_text()
    options = {option for action in parser()._actions for option in action.option_strings if option[2:]}
    assert set(re.findall(r"^\| `(--[a-z-]+)`", page, re.MULTILINE)) == options - {"-h", "--help"}
    named = re.search(r"^Names of faults: (.+?)\. ", page, re.MULTILINE)
    assert named is not None
    assert re.findall(r"`([a-z-]+)`", named[1]) == [kind.value for kind in Kind]


def test_the_short_form_has_every_kind_of_trouble_in_all_combinations() -> None:
    shared = {kind for number, share in enumerate(SHARES) for kind in only(number, share.downtimes)}
    assert shared == {*FAULTS, *(each.value for each in Downtime if each is not Downtime.OUTAGE)}
    assert len({(share.database, share.transport) for share in SHARES}) == 4
    assert max(share.processes for share in SHARES) == 2


def test_a_planted_fault_is_found_and_named_by_the_command() -> None:
    options = ("--minutes", "0.1", "--only", "ratelimit", "--break", "forgets-edit")
    told = subprocess.run(
        [sys.executable, "-m", "bench.soak", *options],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert told.returncode == 1, told.stdout + told.stderr
    assert "FAULT forgets-edit: " in told.stdout
    assert "never struck 0" in told.stdout
