"""Our words over Slack's blocks: menus hold Slack's limits, or are refused where they are made."""

import pytest
from slack_sdk.models.blocks import Option

from bot.sandbox.blocks import check
from bot.slack import kit
from bot.slack.ids import Action, Place

PLACE = Place(event="e", session="2.2", section=3)  # type: ignore[arg-type]
LONG = Place(event="e" * 60, session="s" * 12, section=99)  # type: ignore[arg-type]


def lines(count: int) -> list[Option]:
    places = [Place(event="e", session="2.2", section=each) for each in range(count)]  # type: ignore[arg-type]
    return [kit.option(f"Line {place.section}", Action.OPEN, place) for place in places]


def test_menus_of_every_size_that_slack_takes_are_taken() -> None:
    for elements in ([kit.menu(*lines(2)), kit.pick("Which", *lines(1))], [kit.menu(*lines(5))]):
        check([kit.row(*elements).to_dict()])
    check([kit.row(kit.pick("Which " * 50, *lines(100))).to_dict()])
    check([kit.paragraph("A line", kit.menu(*lines(2))).to_dict()])


def test_labels_and_places_of_any_length_stay_within_slacks_limits() -> None:
    line = kit.option("word " * 40, Action.NOTHING, LONG)
    check([kit.row(kit.pick("Which", line)).to_dict()])


@pytest.mark.parametrize("count", [0, 1, 6])
def test_three_dots_hide_two_to_five_lines(count: int) -> None:
    with pytest.raises(ValueError, match="2 to 5"):
        kit.menu(*lines(count))


@pytest.mark.parametrize("count", [0, 101])
def test_a_select_has_one_to_a_hundred_lines(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        kit.pick("Which", *lines(count))


def test_a_value_that_slack_would_refuse_is_refused_where_it_is_made() -> None:
    too_long = Place(event="e" * 150, session="2.2", section=1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="150"):
        kit.option("Line", Action.OPEN, too_long)
