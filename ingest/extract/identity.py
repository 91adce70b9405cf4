"""In: an article's address and its statements. Out: an id for each, stable while its sentence stands somewhere on the page."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields

from ingest.records import Announcement, CasualtyClaim, Kind, Offer, Statement

ID_CHARS = 24
_SIGNS = str.maketrans(dict.fromkeys("“”„«»‟", '"') | dict.fromkeys("‘’‚‛ʼ`´", "'") | dict.fromkeys("‐‑‒–—―−", "-"))
_SPACE = re.compile(r"\s+")
_KINDS: dict[type[Statement], Kind] = {
    CasualtyClaim: Kind.CASUALTY_CLAIM,
    Offer: Kind.OFFER,
    Announcement: Kind.ANNOUNCEMENT,
}


def fold_sentence(sentence: str) -> str:
    """A sentence without the differences that an editor's software makes: NFKC, case, white space, shapes of quotes and dashes."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", sentence).translate(_SIGNS).casefold()).strip()


def statement_ids(canonical_url: str, text: str, statements: Sequence[Statement]) -> list[str]:
    """Ids in the order of `statements`: SHA-256 over kind, address, folded sentence and the ordinal among statements of that kind
    with the same folded sentence. Moving a sentence within the page changes nothing."""
    folded = [fold_sentence(text[s.span.sentence_start : s.span.sentence_end]) for s in statements]
    seen: Counter[tuple[Kind, str]] = Counter()
    ids = [""] * len(statements)
    for index in sorted(range(len(statements)), key=lambda i: _order(statements[i])):
        key = (_KINDS[type(statements[index])], folded[index])
        ids[index] = _digest(key[0], canonical_url, key[1], seen[key])
        seen[key] += 1
    return ids


def _digest(kind: Kind, canonical_url: str, sentence: str, ordinal: int) -> str:
    parts = "\x1f".join((kind.value, canonical_url, sentence, str(ordinal)))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:ID_CHARS]


def _order(statement: Statement) -> tuple[int, int, str]:
    """Place first, then every other field as text in the order of the record."""
    rest = [repr(getattr(statement, f.name)) for f in fields(statement) if f.name not in ("span", "rule")]
    return statement.span.char_start, statement.span.char_end, "\x1f".join(rest)
