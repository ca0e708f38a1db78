"""Each form that ships, and one with every kind of section, is walked by typing alone to its digest."""

import pytest

from bot.domain.dialogue import Dialogue
from bot.domain.digest import ALSO_NOTED, NOT_ANSWERED, reply_document
from bot.domain.document import Bullet, Document, Heading
from bot.domain.fold import walk
from bot.domain.moment import Ts
from bot.domain.replies import Card, Review, Submitted
from bot.domain.report import Report, Written, report_of
from bot.domain.template import Fill, InDigest, Section, Template
from bot.domain.turns import advance, asks_for_value
from bot.domain.words import Words
from bot.programme.files import LIBRARY
from bot.programme.yaml import load_template
from tests.builders import a_dialogue, a_template_of_kinds, an_assignment, an_outline, ts, version

SHIPPED = [load_template(file.stem) for file in sorted((LIBRARY / "templates").glob("*.yaml"))]
ALL = {**{template.name: template for template in SHIPPED}, "kinds": a_template_of_kinds()}


def fitting(section: Section) -> str:
    """Something to type that answers a section."""
    match section.fill:
        case Fill.NUMBER:
            return str(section.highest if section.highest is not None else (section.lowest or 0) + 45)
        case Fill.CHOICE:
            return section.options[-1].title
        case Fill.CHOICES:
            return f"{section.options[0].code}, {section.options[-1].code}"
        case _:
            return f"What was said of {section.key}"


def walked(template: Template) -> tuple[list[str], Report]:
    """Type `next` and an answer until the review comes, then submit; gives the replies and the report."""
    outline = an_outline([section.fill for section in template.sections])
    dialogue, texts, replies, said = Dialogue(), dict[Ts, str](), list[str](), 0

    def type_(text: str) -> object:
        nonlocal dialogue, said
        said += 1
        move = version(said, text, codes=())
        turn = advance((outline,), dialogue, move)
        dialogue = turn.dialogue
        texts[move.ts] = text
        replies.extend(type(reply).__name__ for reply in turn.replies)
        assert asks_for_value(turn, move, lambda _, index: template.sections[index], lambda: text) is None
        return turn.replies[0]

    while isinstance(shown := type_("next"), Card):
        type_(fitting(template.sections[shown.section]))
    assert isinstance(shown, Review)
    assert isinstance((type_("submit"), type_("submit"))[1], Submitted)
    notes = {at: Document((Bullet(Words(text)),)) for at, text in texts.items()}
    written = Written(walk=walk(outline, dialogue), notes=notes)
    return replies, report_of(an_assignment(), template, [written], as_submitted=True)


@pytest.mark.parametrize("template", ALL.values(), ids=ALL)
def test_each_form_is_walked_to_its_digest_by_typing_alone(template: Template) -> None:
    replies, report = walked(template)
    asked = [section for section in template.sections if section.fill.is_asked]
    assert replies.count("Card") == replies.count("Tick") == len(asked)
    assert (report.open_sections, report.unsorted, report.answered) == ((), (), len(asked))
    document = reply_document(report)
    headings = [block.words.typed for block in document.blocks if isinstance(block, Heading)][1:]
    used = [
        template.full_heading(index)
        for index, section in enumerate(template.sections)
        if section.in_digest is not InDigest.NOTHING
    ]
    assert headings == used
    assert not {NOT_ANSWERED, ALSO_NOTED} & set(document.text.splitlines())


@pytest.mark.parametrize("template", ALL.values(), ids=ALL)
def test_a_form_that_nobody_filled_in_is_submitted_all_the_same(template: Template) -> None:
    outline = an_outline([section.fill for section in template.sections])
    stand = walk(outline, a_dialogue(version(1, "submit"), version(2, "submit")))
    report = report_of(an_assignment(), template, [Written(walk=stand, notes={})], as_submitted=True)
    assert (report.submitted_at, report.answered) == (ts(2), 0)
    assert NOT_ANSWERED in reply_document(report).text
