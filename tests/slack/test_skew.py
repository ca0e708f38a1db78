"""The clock against Slack's: what answers prove, what they do not, and that it is told once."""

from datetime import UTC, datetime, timedelta

from bot.slack.skew import Skew, behind_by

DATE = datetime(2018, 12, 6, 13, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return DATE + timedelta(seconds=seconds)


def told(*behind: float) -> tuple[list[bool], Skew]:
    """Whether each of some quick answers was a change; seconds that our clock is behind at each."""
    skew = Skew()
    return [skew.seen(DATE, after(-each), after(-each)) for each in behind], skew


def test_within_the_second_of_the_date_no_clock_is_off() -> None:
    assert [behind_by(DATE, after(each), after(each)) for each in (0, 0.999)] == [timedelta()] * 2


def test_off_is_counted_from_the_nearer_end_of_the_call() -> None:
    assert behind_by(DATE, after(-50), after(-41)) == timedelta(seconds=41)
    assert behind_by(DATE, after(42), after(50)) == timedelta(seconds=-41)


def test_an_answer_during_which_our_clock_was_moved_tells_nothing_wrong() -> None:
    assert behind_by(DATE, after(-3600), after(1)) == timedelta()
    assert behind_by(DATE, after(1), after(-3600)) == timedelta()


def test_one_answer_proves_nothing_and_a_second_that_agrees_does() -> None:
    assert told(600)[1].words() is None
    changes, skew = told(600, 604)
    assert (changes, skew.words()) == ([False, True], "604 s behind Slack's")


def test_answers_that_contradict_each_other_prove_nothing() -> None:
    changes, skew = told(600, 0, 600, 0, 600)
    assert (changes, skew.words()) == ([False] * 5, None)


def test_thirty_seconds_are_allowed_in_both_directions() -> None:
    assert [told(each, each)[1].words() for each in (30, 31, -30, -32)] == [
        None,
        "31 s behind Slack's",
        None,
        "31 s ahead of Slack's",  # by the end of the second that Slack's date names
    ]


def test_it_is_told_once_when_it_begins_and_once_when_it_ends() -> None:
    changes, skew = told(40, 40, 40, 41, 0, 0, 0)
    assert (changes, skew.words()) == ([False, True, False, False, False, True, False], None)


def test_a_clock_that_drifts_about_the_limit_is_not_told_at_every_answer() -> None:
    changes, _ = told(31, 31, 29, 31, 28, 31)
    assert changes == [False, True, False, False, False, False]
