"""Kinds of text in organisers' files."""

import re
from typing import Annotated

from pydantic import AfterValidator


def like(pattern: str, expected: str) -> AfterValidator:
    """Text of a form; a fault says what is expected, not the pattern."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(f"expected {expected}")
        return text

    return AfterValidator(check)


SlackChannel = Annotated[str, like(r"[CG][A-Z0-9]+", "a Slack channel id such as C0123456789")]
Code = Annotated[str, like(r"[^\s/|]{1,12}", "a short code such as 2.2, without spaces")]
Key = Annotated[str, like(r"[a-z0-9-]{1,60}", "small letters, digits and hyphens")]
Line = Annotated[str, like(r"(?=.*\S).{1,300}", "a line of 1 to 300 characters")]
