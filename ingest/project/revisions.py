"""In: cleanings in ledger order and the captures placed before. Out: which revision of its page each capture opens or shows again.

A revision is a change of the page, never of our cleaner. So a capture is compared with what the capture before it (by instant of fetch)
showed: the same body, or the same title and text through any of its cleanings, is the same revision.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.ids import article_id
from ingest.ledger import Cleaning, Face, Placement, Revision


@dataclass(slots=True)
class Placed:
    """What one load adds, in ledger order."""

    revisions: list[Revision] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    faces: list[Face] = field(default_factory=list)


@dataclass(slots=True)
class _Pages:
    """The pages as they stand while a load is taken in."""

    captures: dict[str, Placement] = field(default_factory=dict)
    pages: dict[str, list[Placement]] = field(default_factory=lambda: defaultdict(list))
    faces: dict[str, list[Face]] = field(default_factory=lambda: defaultdict(list))

    def add(self, placement: Placement) -> None:
        self.captures[placement.capture_id] = placement
        self.pages[placement.canonical_url].append(placement)

    def before(self, cleaning: Cleaning) -> Placement | None:
        """The last capture of the page that was not fetched later; of several at one instant the highest revision."""
        earlier = [p for p in self.pages[cleaning.canonical_url] if p.fetched_at <= cleaning.fetched_at]
        return max(earlier, key=lambda p: (p.fetched_at, p.revision), default=None)


def place_captures(cleanings: Sequence[Cleaning], placements: Iterable[Placement], faces: Iterable[Face]) -> Placed:
    """`cleanings` in ledger order; `placements` and `faces` are all that earlier loads know of the same pages and captures."""
    known, new = _Pages(), Placed()
    for placement in placements:
        known.add(placement)
    for face in faces:
        known.faces[face.article_id].append(face)
    for cleaning in cleanings:
        _place(cleaning, known, new)
    return new


def _place(cleaning: Cleaning, known: _Pages, new: Placed) -> None:
    again = known.captures.get(cleaning.capture_id)
    if again is not None:
        if again.is_opener:  # another cleaner looked: the revision gets a new face, nothing else
            _show(_face(again.article_id, cleaning), known, new)
        return
    before = known.before(cleaning)
    if before is not None and _is_same(cleaning, known.faces[before.article_id]):
        _settle(_placement(cleaning, before.article_id, before.revision, is_opener=False), known, new)
    else:
        _open(cleaning, known, new)


def _is_same(cleaning: Cleaning, faces: Iterable[Face]) -> bool:
    """An equal body counts even when title or text differ: then only the cleaner has changed."""
    shown = (cleaning.title, cleaning.text_digest)
    return any(cleaning.body_digest == face.body_digest or shown == (face.title, face.text_digest) for face in faces)


def _open(cleaning: Cleaning, known: _Pages, new: Placed) -> None:
    revision = 1 + max((p.revision for p in known.pages[cleaning.canonical_url]), default=0)
    name = article_id(cleaning.canonical_url, revision)
    new.revisions.append(
        Revision(
            article_id=name,
            canonical_url=cleaning.canonical_url,
            revision=revision,
            capture_id=cleaning.capture_id,
            fetched_at=cleaning.fetched_at,
            seen_at=cleaning.seen_at,
            stream=cleaning.stream,
            position=cleaning.position,
            sketch=cleaning.sketch,
        )
    )
    _settle(_placement(cleaning, name, revision, is_opener=True), known, new)
    _show(_face(name, cleaning), known, new)


def _settle(placement: Placement, known: _Pages, new: Placed) -> None:
    known.add(placement)
    new.placements.append(placement)


def _show(face: Face, known: _Pages, new: Placed) -> None:
    known.faces[face.article_id].append(face)
    new.faces.append(face)


def _placement(cleaning: Cleaning, name: str, revision: int, *, is_opener: bool) -> Placement:
    return Placement(
        capture_id=cleaning.capture_id,
        article_id=name,
        canonical_url=cleaning.canonical_url,
        revision=revision,
        fetched_at=cleaning.fetched_at,
        is_opener=is_opener,
    )


def _face(name: str, cleaning: Cleaning) -> Face:
    return Face(
        article_id=name,
        title=cleaning.title,
        text_digest=cleaning.text_digest,
        body_digest=cleaning.body_digest,
        stream=cleaning.stream,
        position=cleaning.position,
    )
