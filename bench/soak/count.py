"""The count: what people typed against what stands. Pure: ledger and standing go in, findings come out."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from bench.soak.ledger import MARKER, Diary, Ledger, Note
from bench.soak.standing import (
    Json,
    Standing,
    actions,
    card_of,
    first_line,
    is_answer,
    key,
    sections,
)
from bot.demo.checker import occurrences, plain, shown, words

REMINDER = re.compile(  # or what it reads when the report came in after it
    r"^One hour left: \S+ is due at 14:30 in Marrakesh\.$|^\S+ was submitted at \d\d:\d\d in Marrakesh\.$"
)
UNSORTED = "Also noted"
REVIEW, CONTINUED = "Your report of ", ", continued"


class Kind(StrEnum):
    """What can be wrong; the first words are those of `--break`."""

    LOSES_NOTE = "loses-note"
    DOUBLES_POST = "doubles-post"
    ORDER = "order"
    LEAKS_NAME = "leaks-name"
    FORGETS_EDIT = "forgets-edit"
    LEAKS_WORDS = "leaks-words"
    FORGETS_REMINDER = "forgets-reminder"
    NEVER_STRUCK = "never-struck"
    GROWS = "grows"


COLUMNS = {
    "lost": (Kind.LOSES_NOTE, Kind.FORGETS_REMINDER),
    "doubled": (Kind.DOUBLES_POST,),
    "out of order": (Kind.ORDER,),
    "leaked": (Kind.LEAKS_NAME, Kind.FORGETS_EDIT, Kind.LEAKS_WORDS),
    "never struck": (Kind.NEVER_STRUCK,),
    "grows": (Kind.GROWS,),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; says where, never with typed words."""

    kind: Kind
    what: str


def count(ledger: Ledger, standing: Standing) -> list[Finding]:
    """Everything that is wrong."""
    found = [
        *_digest(ledger, standing),
        *_doubled(standing),
        *_names(ledger, standing),
        *_words(ledger, standing),
    ]
    for diary in ledger.diaries.values():
        found += _dm(diary, ledger, standing.dms.get(diary.person, ()))
    return found


def never_struck(planned: Sequence[str], struck: Counter[str]) -> list[Finding]:
    """The kinds of kill and fault that were planned and did not come to pass."""
    return [Finding(Kind.NEVER_STRUCK, kind) for kind in planned if not struck[kind]]


def columns(findings: Sequence[Finding]) -> dict[str, int]:
    """How many of each column there are."""
    return {name: sum(each.kind in kinds for each in findings) for name, kinds in COLUMNS.items()}


def _digest(ledger: Ledger, standing: Standing) -> Iterator[Finding]:
    """The readers' text against what was typed."""
    parents = [message for message in standing.channel if message.get("bot_id")]
    if not parents:
        yield Finding(Kind.LOSES_NOTE, "there is no digest in the channel")
        return
    if len(parents) > 1:
        yield Finding(Kind.DOUBLES_POST, f"{len(parents)} digests stand in the channel")
    for diary in ledger.diaries.values():
        pages = [each for each in standing.replies if first_line(each).split(" ")[0] == diary.session]
        if not pages:
            yield Finding(Kind.LOSES_NOTE, f"{diary.session} is not in the digest")
            continue
        where = f"digest of {diary.session}"
        yield from _pages(where, pages)
        yield from _report(where, diary, ledger, sections(pages), is_for_readers=True)
        if f"\n{diary.session} " not in shown(parents[0]):
            yield Finding(Kind.LOSES_NOTE, f"the top of the digest does not say that {diary.session} is in")


def _pages(where: str, pages: Sequence[Json]) -> Iterator[Finding]:
    """A report's messages: one that begins it, the others go on, none twice."""
    firsts = [place for place, page in enumerate(pages) if not first_line(page).endswith(CONTINUED)]
    if len(firsts) > 1:
        yield Finding(Kind.DOUBLES_POST, f"{where} begins {len(firsts)} times")
    elif firsts != [0]:
        yield Finding(Kind.ORDER, f"{where}: a further page stands before the first")
    for times in Counter(shown(page) for page in pages).values():
        if times > 1:
            yield Finding(Kind.DOUBLES_POST, f"{where}: a page stands {times} times")


def _report(
    where: str, diary: Diary, ledger: Ledger, read: dict[str, list[str]], *, is_for_readers: bool
) -> Iterator[Finding]:
    for section, title in (*enumerate(ledger.titles), (-1, UNSORTED)):
        notes, text = diary.standing(section), read.get(title, [])
        here = f"{where}, section {section + 1}"
        yield from _notes(here, notes, text, is_for_readers=is_for_readers)
        said = _said_of_none(diary, section)
        if section >= 0 and not notes and not any(text[: len(each)] == each for each in said):
            yield Finding(Kind.LOSES_NOTE, f"{here} does not say truly that nothing is in it")


def _said_of_none(diary: Diary, section: int) -> list[list[str]]:
    """How a section without notes may begin."""
    nothing, silent = ["Nothing", "was", "raised"], ["Not", "answered"]
    match diary.nothing.get(section):
        case None:
            return [silent]
        case True:
            return [nothing]
        case _:
            return [nothing, silent]


def _notes(where: str, notes: Sequence[Note], text: list[str], *, is_for_readers: bool) -> Iterator[Finding]:
    """Each note once, whole, and in the order of its ts."""
    places = {word: place for place, word in enumerate(text) if MARKER.fullmatch(word)}
    times = Counter(word for word in text if MARKER.fullmatch(word))
    for note in notes:
        marker, here = note.now.marker, f"{where}: note {note.ts} ({note.now.marker})"
        reads = note.now.reads if is_for_readers else note.now.typed
        if marker not in places:
            yield _missing(here, note, places)
        elif times[marker] > 1:
            yield Finding(Kind.DOUBLES_POST, f"{here} stands {times[marker]} times")
        elif not occurrences(text[places[marker] :], words(reads)):
            was_typed_so = bool(occurrences(text[places[marker] :], words(note.now.typed)))
            kind = Kind.LEAKS_NAME if was_typed_so else Kind.LOSES_NOTE
            yield Finding(kind, f"{here} does not read as it must")
    stand = [places[note.now.marker] for note in notes if note.now.marker in places]
    if stand != sorted(stand):
        yield Finding(Kind.ORDER, f"{where}: notes stand in another order than they were typed")


def _missing(here: str, note: Note, places: dict[str, int]) -> Finding:
    if any(wording.marker in places for wording in note.wordings):
        return Finding(Kind.FORGETS_EDIT, f"{here} stands in an earlier wording")
    return Finding(Kind.LOSES_NOTE, f"{here} is missing")


def _doubled(standing: Standing) -> Iterator[Finding]:
    found: dict[str, list[Json]] = {}
    for message in standing.posts():
        if known_by := key(message):
            found.setdefault(known_by, []).append(message)
    for messages in found.values():
        if len(messages) > 1:
            told = ", ".join(str(message["ts"]) for message in messages)
            yield Finding(Kind.DOUBLES_POST, f"one message of the bot stands {len(messages)} times ({told})")


def _names(ledger: Ledger, standing: Standing) -> Iterator[Finding]:
    read, said = plain(standing.read_by_everybody()), plain("\n".join(standing.logs))
    for number, name in enumerate(ledger.names, 1):
        if plain(name) in read:
            yield Finding(Kind.LEAKS_NAME, f"name {number} of the list is readable in the channel")
        if plain(name) in said:
            yield Finding(Kind.LEAKS_NAME, f"name {number} of the list stands in the log")


def _words(ledger: Ledger, standing: Standing) -> Iterator[Finding]:
    """Words where they must not be: taken back, another session's, in a log, a key or a notification."""
    gone = {wording.marker for note in ledger.notes() for wording in note.wordings[:-1]}
    gone |= {note.now.marker for note in ledger.notes() if note.is_deleted}
    read = set(MARKER.findall(standing.read_by_everybody()))
    for marker in sorted(read & gone):
        yield Finding(
            Kind.FORGETS_EDIT, f"a wording that was taken back ({marker}) is readable in the channel"
        )
    owner = {
        w.marker: diary.session for diary in ledger.diaries.values() for n in diary.notes for w in n.wordings
    }
    for message in standing.replies:
        session = first_line(message).split(" ")[0]
        for marker in sorted(set(MARKER.findall(shown(message)))):
            if owner.get(marker) != session:
                yield Finding(
                    Kind.LEAKS_WORDS, f"{marker} of another session stands in the digest of {session}"
                )
    for place, text in (
        ("a line of the log", "\n".join(standing.logs)),
        ("the metadata of a message", "\n".join(str(each.get("metadata")) for each in standing.posts())),
        (
            "a notification",
            "\n".join(str(m["text"]) for dm in standing.dms.values() for m in dm if m.get("bot_id")),
        ),
    ):
        if found := MARKER.findall(text):
            yield Finding(Kind.LEAKS_WORDS, f"typed words stand in {place} ({len(found)} times)")


def _dm(diary: Diary, ledger: Ledger, messages: Sequence[Json]) -> Iterator[Finding]:
    """One person's DM: the review, the cards, and an answer to each command."""
    where = f"DM of {diary.session}"
    posts = [message for message in messages if message.get("bot_id")]
    yield from _gone(where, diary, messages)
    yield from _review(where, diary, ledger, posts)
    yield from _reminders(where, diary, posts)
    if not _is_one_way([card for post in posts if (card := card_of(post)) is not None], diary):
        yield Finding(Kind.ORDER, f"{where}: a card stands after the card of a later opening")
    answers, sure = sum(map(is_answer, posts)), sum(asked.is_sure for asked in diary.asked)
    if answers < sure:
        yield Finding(Kind.LOSES_NOTE, f"{where}: {sure - answers} of {sure} commands have no answer")
    if answers > (most := len(diary.asked) + len(diary.submits)):  # a submit that is undone is shown again
        yield Finding(Kind.DOUBLES_POST, f"{where}: {answers - most} answers more than commands")


def _gone(where: str, diary: Diary, messages: Sequence[Json]) -> Iterator[Finding]:
    """What a person typed stands in Slack itself, or nothing here is worth counting."""
    there = {str(message["ts"]): str(message["text"]) for message in messages}
    for note in diary.notes:
        stands = note.now.marker in there.get(note.ts, "")
        if note.parent is None and stands == note.is_deleted:
            yield Finding(Kind.LOSES_NOTE, f"{where}: Slack and the ledger differ over {note.ts}")


def _review(where: str, diary: Diary, ledger: Ledger, posts: Sequence[Json]) -> Iterator[Finding]:
    found = [post for post in posts if first_line(post).startswith(REVIEW)]
    begins = [place for place, page in enumerate(found) if not first_line(page).endswith(CONTINUED)]
    if not begins or str(found[begins[-1]]["ts"]) < diary.report_at:
        yield Finding(Kind.LOSES_NOTE, f"{where}: the last review is missing")
        return
    pages = found[begins[-1] :]
    yield from _pages(f"{where}, review", pages)
    yield from _report(f"{where}, review", diary, ledger, sections(pages), is_for_readers=False)


def apart(messages: Sequence[Json]) -> int:
    """How many reviews of a DM have something else between their pages; the last page has the button."""
    posts = [message for message in messages if message.get("bot_id")]
    return sum(
        first_line(one).startswith(REVIEW)
        and "report.submit" not in actions(one)
        and not (first_line(then).startswith(REVIEW) and first_line(then).endswith(CONTINUED))
        for one, then in pairwise(posts)
    )


def _reminders(where: str, diary: Diary, posts: Sequence[Json]) -> Iterator[Finding]:
    times = sum(bool(REMINDER.search(str(post.get("text")))) for post in posts)
    if times > 1:
        yield Finding(Kind.DOUBLES_POST, f"{where}: {times} reminders stand there")
    elif diary.is_to_be_reminded and not times:
        yield Finding(Kind.FORGETS_REMINDER, f"{where}: nobody was reminded")


def _is_one_way(cards: Sequence[int], diary: Diary) -> bool:
    """Whether the cards are those of openings in the order in which those were made."""
    place = 0
    for card in cards:
        while place < len(diary.openings) and diary.openings[place].section != card:
            place += 1
        if place == len(diary.openings):
            return False
    return True


def silence(
    diary: Diary, messages: Sequence[Json], heard: dict[str, float], windows: Sequence[tuple[float, float]]
) -> float:
    """The longest time in seconds from a command that the bot heard of to the next answer, without downtimes.

    `heard` has, by ts, when the bot had it: at once, or when one of Slack's retries got through.
    """
    answers = sorted(float(message["ts"]) for message in messages if is_answer(message))
    longest = 0.0
    for asked in diary.asked:
        began = heard.get(asked.ts)
        ended = next((answer for answer in answers if began is not None and answer > float(asked.ts)), None)
        if began is not None and ended is not None and ended > began:
            longest = max(longest, ended - began - _within(began, ended, windows))
    return longest


def _within(began: float, ended: float, windows: Sequence[tuple[float, float]]) -> float:
    """How many seconds of a time lie in downtimes, which do not overlap."""
    return sum(max(0.0, min(ended, last) - max(began, first)) for first, last in windows)
