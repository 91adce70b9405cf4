"""In: nothing. Out: the nouns that travel through the house, all frozen: lead, capture, failure, article, rejection, statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Role(StrEnum):
    """What a capture was taken for."""

    LISTING = "listing"  # a feed, sitemap, section page or table: it names leads
    ARTICLE = "article"  # a page, a JSON line or a table line: it may become an article


class FailureReason(StrEnum):
    """Why an item could not be captured. One reason ends one item."""

    ROBOTS_DISALLOWED = "robots_disallowed"
    ROBOTS_UNAVAILABLE = "robots_unavailable"
    ADDRESS_REFUSED = "address_refused"
    BAD_URL = "bad_url"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"
    CONTENT_TYPE = "content_type"
    REDIRECT_LOOP = "redirect_loop"
    NOT_FOUND = "not_found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    BOT_WALL = "bot_wall"  # a challenge in the place of the page: the host doubts that a person asks
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    HOST_STOPPED = "host_stopped"  # a series of 403/429 or dead connections ended the visit
    RUN_STOPPED = "run_stopped"  # the process was told to end before the item's turn came
    LISTING_UNREADABLE = "listing_unreadable"
    LISTING_EMPTY = "listing_empty"
    FILE_UNREADABLE = "file_unreadable"


class RejectionReason(StrEnum):
    """Why a capture or a statement was refused after it had been taken."""

    NOT_HTML = "not_html"
    EMPTY = "empty"
    TOO_SHORT = "too_short"
    WRONG_LANGUAGE = "wrong_language"
    NOT_AN_ARTICLE = "not_an_article"
    BOT_WALL = "bot_wall"  # a challenge answered with status 200; the page is asked for again
    ALTERNATE = "alternate"  # another address (AMP, print) of a page that was captured under its own
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    BAD_RECORD = "bad_record"
    QUOTE_TOO_LONG = "quote_too_long"
    QUOTE_WITHOUT_NUMBER = "quote_without_number"
    QUOTE_NOT_IN_TEXT = "quote_not_in_text"
    UNBELIEVABLE = "unbelievable"
    WITHDRAWN = "withdrawn"  # another capture of a page that was taken down


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """An address that a listing gave, with what the listing says of it."""

    url: str
    listing_url: str | None = None
    title: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One address to ask for. `etag` and `last_modified` come from the capture before and make the request conditional;
    `body_digest` is that capture's, repeated when the answer is 304."""

    url: str
    role: Role = Role.ARTICLE
    etag: str | None = None
    last_modified: str | None = None
    body_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """An answer with a body, decoded from its transfer and content encoding, not from its charset.

    `headers` as received, names lower-case; `charset` is the label of the content type, unchecked; `body_digest` is SHA-256 hex.
    """

    url: str
    final_url: str
    role: Role
    status: int
    fetched_at: datetime
    content_type: str
    charset: str | None
    headers: tuple[tuple[str, str], ...]
    body: bytes
    body_digest: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The host said 304: the body of the capture before still stands."""

    url: str
    role: Role
    fetched_at: datetime
    body_digest: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An item that could not be captured. `detail` is one line for people: what was received, what would have been right."""

    url: str
    role: Role
    reason: FailureReason
    detail: str
    fetched_at: datetime
    status: int | None = None


Outcome = Capture | Unchanged | Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A refusal with its reason; `detail` is one line for people."""

    reason: RejectionReason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A cleaned page. `text` has paragraphs separated by a blank line; `published_at` is UTC and may be midnight when the page gives
    a day only (`is_published_day_only`); `sketch` holds the near-copy hashes, ascending, as unsigned 32-bit integers."""

    canonical_url: str
    title: str | None
    authors: tuple[str, ...]
    outlet: str | None
    language: str | None
    published_at: datetime | None
    is_published_day_only: bool
    text: str
    sketch: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleText:
    """What the extractor reads of an article. Nothing else may influence it."""

    text: str
    title: str | None = None
    published_on: date | None = None
    url: str | None = None
    source: str | None = None


class Kind(StrEnum):
    """The three kinds of statement."""

    CASUALTY_CLAIM = "casualty_claim"
    OFFER = "offer"
    ANNOUNCEMENT = "announcement"


class Qualifier(StrEnum):
    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at_least"
    UP_TO = "up_to"
    RANGE = "range"


class Basis(StrEnum):
    """Where an as-of date comes from, best first."""

    STATED = "stated"  # "as of March 4"
    EVENT = "event"  # the day of the strike or battle
    WEEKDAY = "weekday"  # "on Friday"
    STATEMENT = "statement"  # the day the claim was made
    PUBLICATION = "publication"  # nothing but the article's own date ("today")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Half-open code-point offsets into the article's text, and the same for the whole sentence the quote stands in."""

    char_start: int
    char_end: int
    sentence_start: int
    sentence_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CasualtyClaim:
    """Somebody states how many people or pieces of equipment a side lost. Bounds are whole numbers; None is an open end."""

    span: Span
    rule: str
    claimed_on: date | None
    claimant: str | None
    claimant_party: str | None
    party: str | None
    population: str | None
    measure: str
    category: str
    subject: str | None
    is_subset: bool
    place: str | None
    low: int | None
    high: int | None
    qualifier: Qualifier
    period: str
    as_of: date | None
    as_of_basis: Basis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A side offers a benefit to somebody for doing something. Amounts are in `currency` (ISO 4217); `amount` is the upper bound."""

    span: Span
    rule: str
    offered_on: date | None
    valid_until: date | None
    status: str | None
    offeror: str | None
    offeror_party: str | None
    announced_by: str | None
    audience: str | None
    audience_party: str | None
    action: str
    benefit: str
    amount_low: float | None
    amount: float | None
    currency: str | None
    per: str | None
    amount_usd: float | None
    usd_basis: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A named official, office or organisation makes a decision, order, law, programme, call or position public."""

    span: Span
    rule: str
    announced_on: date | None
    announcer: str
    announcer_party: str | None
    topic: str
    channel: str | None


Statement = CasualtyClaim | Offer | Announcement


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """All that one extractor found in one article, in text order, and what it refused."""

    casualty_claims: tuple[CasualtyClaim, ...] = ()
    offers: tuple[Offer, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    rejections: tuple[Rejection, ...] = field(default=())
