"""In: an answer and where it came from. Out: the address it leads to. Whether that may be asked is decided elsewhere,
hop by hop."""

from __future__ import annotations

from yarl import URL

from ingest import urls
from ingest.fetch.client import Answer
from ingest.fetch.trouble import Trouble
from ingest.records import FailureReason

_MOVED = frozenset({301, 302, 303, 307, 308})


def is_redirect(answer: Answer) -> bool:
    """Whether the answer only says where to look."""
    return answer.status in _MOVED


def next_url(url: URL, answer: Answer) -> URL:
    """The address in `Location`, resolved on `url`, without fragment. Raises Trouble where there is none to ask for."""
    location = answer.header("location")
    if not location:
        detail = f"{url.raw_host} answered {answer.status} without Location; an address was expected there"
        raise Trouble(FailureReason.PROTOCOL, detail, status=answer.status)
    try:
        # header bytes were read as latin-1; most hosts that send more than ASCII mean UTF-8
        text = location.encode("latin-1").decode("utf-8", errors="replace")
        return asked(urls.joined(url, text.strip()))
    except ValueError as error:
        detail = f"redirected to {location[:200]!r}: {error}"
        raise Trouble(FailureReason.BAD_URL, detail, status=answer.status) from None


def asked(url: str) -> URL:
    """`url` as it is asked for. Raises ValueError as `urls.parse` does."""
    return urls.parse(url).with_fragment(None)
