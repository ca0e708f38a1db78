"""What a new version of a form would do to the reports that were begun with the one before."""

from collections.abc import Iterator

from bot.domain.template import Section, Template
from bot.programme.faults import Fault, Place


def broken_for_reports(old: Template, new: Template, file: str) -> tuple[Fault, ...]:
    """Sections of `old` that `new` does not have, or fills in another way; `file` is where `new` stands.

    For whoever knows that reports use `old`: without reports nothing is lost, and there is nothing to say.
    Reports keep the version that they began with, so a higher version may change what it likes.
    """
    if new.key != old.key or new.version > old.version:
        return ()
    return tuple(_broken(old, new, Place(file=file)))


def _broken(old: Template, new: Template, place: Place) -> Iterator[Fault]:
    now = {each.key: each for each in new.sections}
    expected = f"expected version {old.version + 1} for this change, found {new.version}"
    for section in old.sections:
        if section.key not in now:
            said = f"reports use section {section.key}, which is not there any more; {expected}"
            yield Fault(place=place, expected=said)
        elif (change := _otherwise(section, now[section.key])) is not None:
            yield Fault(place=place, expected=f"reports use section {section.key}, {change}; {expected}")


def _otherwise(old: Section, new: Section) -> str | None:
    """In what a section cannot hold any more what reports have put into it."""
    if old.fill is not new.fill:
        return f"which was {old.fill} and is {new.fill}"
    gone = [each.code for each in old.options if each.code not in {one.code for one in new.options}]
    return f"which lost the code {gone[0]}" if gone else None
