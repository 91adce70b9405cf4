"""In: one request. Out: its one outcome: redirects followed hop by hop, each checked anew, and the answer named."""

from __future__ import annotations

from datetime import UTC, datetime

from yarl import URL

from ingest.fetch.asker import Asker
from ingest.fetch.client import Answer, Ask
from ingest.fetch.guard import Guard
from ingest.fetch.limits import Limits
from ingest.fetch.redirects import asked, is_redirect, next_url
from ingest.fetch.rulebook import Rulebook
from ingest.fetch.trouble import Trouble
from ingest.ids import digest
from ingest.records import Capture, Failure, FailureReason, Outcome, Request, Role, Unchanged

DETAIL_CHARS = 300
_ARTICLE_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
_LISTING_TYPES = _ARTICLE_TYPES | {
    "application/xml", "text/xml", "application/rss+xml", "application/atom+xml", "application/rdf+xml", "text/rss+xml",
    "text/rdf", "application/rss", "application/atom", "application/x-rss+xml", "application/gzip",
    "application/x-gzip", "application/json", "application/feed+json", "text/json", "text/csv", "application/csv",
    "application/octet-stream", "binary/octet-stream",
}  # fmt: skip
_ACCEPT = {
    Role.ARTICLE: "text/html, application/xhtml+xml, text/plain;q=0.5",
    Role.LISTING: "application/rss+xml, application/atom+xml, application/xml, text/xml;q=0.9, */*;q=0.5",
}
_WITHOUT_PAGE = frozenset({204, 205, 206})  # nothing, nothing, and a part that nobody asked for


class Items:
    """Turns requests into outcomes."""

    def __init__(self, asker: Asker, rulebook: Rulebook, guard: Guard, limits: Limits, page_bytes: int) -> None:
        self._asker = asker
        self._rulebook = rulebook
        self._guard = guard
        self._limits = limits
        self._page_bytes = page_bytes

    async def outcome(self, request: Request) -> Outcome:
        """A capture, unchanged, or a failure with its reason; never raises for what a host did."""
        try:
            url, answer = await self._followed(request)
            return _named(request, url, answer)
        except Trouble as trouble:
            return failure(request, trouble.reason, trouble.detail, trouble.status)

    async def _followed(self, request: Request) -> tuple[URL, Answer]:
        """The address and answer at the end of the redirects."""
        url = _start(request)
        seen: set[URL] = set()
        while url not in seen and len(seen) <= self._limits.redirects:
            seen.add(url)
            self._guard.check(url)
            delay = await self._rulebook.permit(url)
            answer = await self._asker.ask(self._ask(request, url), delay)
            if not is_redirect(answer):
                return url, answer
            url = next_url(url, answer)
        met = "an address met before" if url in seen else "yet another address"
        detail = f"{len(seen)} redirects lead to {met}; at most {self._limits.redirects} are followed"
        raise Trouble(FailureReason.REDIRECT_LOOP, detail)

    def _ask(self, request: Request, url: URL) -> Ask:
        is_article = request.role is Role.ARTICLE
        return Ask(
            url=url,
            accept=_ACCEPT[request.role],
            max_bytes=self._page_bytes if is_article else self._limits.listing_bytes,
            types=_ARTICLE_TYPES if is_article else _LISTING_TYPES,
            is_sniffed=is_article,
            conditions=_conditions(request),
        )


def failure(request: Request, reason: FailureReason, detail: str, status: int | None = None) -> Failure:
    """The failure of `request`, its detail made one printable line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in detail).split())
    return Failure(
        url=request.url,
        role=request.role,
        reason=reason,
        detail=line[:DETAIL_CHARS],
        fetched_at=datetime.now(UTC),
        status=status,
    )


def _start(request: Request) -> URL:
    try:
        return asked(request.url)
    except ValueError as error:
        raise Trouble(FailureReason.BAD_URL, str(error)) from None


def _conditions(request: Request) -> dict[str, str]:
    """Headers that allow a 304. None without the digest of the body that a 304 would stand for."""
    if not request.body_digest:
        return {}
    wanted = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in wanted.items() if value and value.isascii() and value.isprintable()}


def _named(request: Request, url: URL, answer: Answer) -> Outcome:
    """The outcome that a final answer below 400 means."""
    if answer.status == 304:
        return _unchanged(request, answer)
    if not 200 <= answer.status < 300 or answer.status in _WITHOUT_PAGE:
        detail = f"answered {answer.status}; a page with status 200 was expected"
        raise Trouble(FailureReason.PROTOCOL, detail, status=answer.status)
    return Capture(
        url=request.url,
        final_url=str(url),
        role=request.role,
        status=answer.status,
        fetched_at=datetime.now(UTC),
        content_type=answer.content_type,
        charset=answer.charset,
        headers=answer.headers,
        body=answer.body,
        body_digest=digest(answer.body),
        etag=answer.header("etag"),
        last_modified=answer.header("last-modified"),
    )


def _unchanged(request: Request, answer: Answer) -> Unchanged:
    if not request.body_digest or not _conditions(request):
        detail = "answered 304 (unchanged) to a request without a condition; a page was expected"
        raise Trouble(FailureReason.PROTOCOL, detail, status=304)
    return Unchanged(
        url=request.url,
        role=request.role,
        fetched_at=datetime.now(UTC),
        body_digest=request.body_digest,
        etag=answer.header("etag") or request.etag,
        last_modified=answer.header("last-modified") or request.last_modified,
    )
