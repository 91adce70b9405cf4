"""In: text that strangers wrote. Out: the same with nothing in it that a terminal would obey or an eye would miss."""

from __future__ import annotations

import json
import re

# Control and escape characters, what turns or hides text, what breaks lines, halves of characters, invisible tags.
_HOSTILE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_ESCAPES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def marked(text: str) -> str:
    """Every such character as U+FFFD: for lines about one item, where the reader should see that something stood there."""
    return _HOSTILE.sub("\ufffd", text)


def spaced(text: str) -> str:
    """Controls as spaces, invisible characters left out: for cells of a table."""
    return _HOSTILE.sub("", _BREAKS.sub(" ", text))


def named(text: str) -> str:
    """Every such character by its code: for pages, where a row shall not rearrange what stands around it."""
    return _HOSTILE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def without_escapes(text: str) -> str:
    """Line breaks and tabs stay, other controls become U+FFFD: for CSV, which people also print on a terminal."""
    return _ESCAPES.sub("\ufffd", text)


def escaped_json(document: str) -> str:
    """The same JSON document, such characters written as `\\uXXXX`; line breaks between values stay."""
    return _HOSTILE.sub(lambda found: found[0] if found[0] == "\n" else json.dumps(found[0])[1:-1], document)
