"""Long reports become several messages, each within Slack's limits, with every word once and in order."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.document import Block, Bullet, Document, Heading
from bot.domain.words import Words
from bot.slack import kit, limits

texts = st.one_of(
    st.text(min_size=1, max_size=40),
    st.sampled_from(
        ["word " * 2000, "&" * 9000, "<>&" * 1500, "x" * 12_000, "\u0633\u0644\u0627\u0645 " * 900]
    ),
)
written: st.SearchStrategy[list[Block]] = st.lists(
    st.one_of(texts.map(lambda text: Bullet(Words(text))), texts.map(lambda text: Heading(Words(text)))),
    min_size=1,
    max_size=30,
)


@given(written)
def test_every_word_stands_once_in_order_and_each_page_fits(blocks: list[Block]) -> None:
    pages = kit.pages(Document(tuple(blocks)))
    screens = [kit.message(kit.spoken(page) + ".", kit.rich(page)) for page in pages]
    assert all(len(screen.text) <= limits.UPDATE_TEXT for screen in screens)
    assert [word for page in pages for word in _squeezed(page.blocks)] == _squeezed(blocks)


def _squeezed(blocks: list[Block] | tuple[Block, ...]) -> list[str]:
    return [letter for block in blocks for letter in block.words.typed if not letter.isspace()]


def test_a_heading_does_not_end_a_page() -> None:
    one, two, three = (Bullet(Words("x " * length)) for length in (1400, 300, 1000))
    heading = Heading(Words("Challenges"))
    first, second = kit.pages(Document((one, two, heading, three)))
    assert (first.blocks, second.blocks) == ((one, two), (heading, three))


def test_a_text_is_cut_between_words() -> None:
    assert kit.shortened("one two three", 9) == "one two …"
