"""In: addresses as people and pages write them. Out: one canonical spelling, the host, the registrable domain, the
absolute form."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import unquote_plus

from tldextract import TLDExtract
from yarl import URL

MAX_CHARS = 8192  # longer than any server takes; below it no parser here gets slow
_KEPT_FRAGMENTS = (
    "claimledger-",
    "date=",
)  # they name one line of a table; every other fragment names a place in one page

# Exact names, no patterns: a wider list (`cid`, `ref`, `source`, `gallery`, as courlan has it) makes one article out of
# two, # because some sites name the article in such a parameter. Two addresses for one article cost one more capture;
# the # reverse costs an article.
# fmt: off
_TRACKERS = frozenset({
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid", "ttclid", "igshid",
    "igsh", "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "hsctatracking", "vero_id", "oly_anon_id",
    "oly_enc_id", "wickedid", "s_cid", "cmpid", "ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee",
    "at_medium", "at_campaign", "at_custom1", "at_custom2", "at_custom3", "at_custom4", "at_link_id", "at_link_type",
    "at_link_origin", "at_format", "at_ptr_name", "at_bbc_team", "_ga", "_gl", "spm", "ref_src", "ref_url",
    "wt_mc", "wt_zmc", "guccounter", "guce_referrer", "guce_referrer_sig", "xtor",
})
# fmt: on
_TRACKER_PAIRS = frozenset({"ref=rss", "source=rss", "from=rss", "ref=feed"})  # these words name no article
_TRACKER_FAMILIES = ("utm_", "pk_", "piwik_", "mtm_", "matomo_", "itm_")

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_WHITE = re.compile(r"[\t\r\n]")
_SUFFIXES = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def parse(url: str) -> URL:
    """`url` with scheme and host in lower case, the host in ASCII, the path folded and the default port dropped; the fragment stays.

    Raises ValueError with one line for people when it is no absolute http(s) address without credentials.
    """
    text = _WHITE.sub("", url.strip()).replace("&amp;", "&")
    if len(text) > MAX_CHARS:
        raise ValueError(f"the address has {len(text)} characters; at most {MAX_CHARS} are taken")
    try:
        parsed = _split(text)
        name = (parsed.raw_host or "").lower().removesuffix(".")
        port = parsed.port
    except (ValueError, UnicodeError) as error:
        raise ValueError(f"{text[:200]!r} is no address ({error}); one such as https://host/path was expected") from None
    if parsed.scheme not in ("http", "https"):
        raise ValueError(f"{text[:200]!r} has the scheme {parsed.scheme or 'none'!r}; http or https was expected")
    if parsed.raw_user is not None or parsed.raw_password is not None:
        raise ValueError(f"the address of {name!r} carries user:password@; one without credentials was expected")
    if not (_HOST.fullmatch(name) or _is_ip(name)):
        raise ValueError(f"{text[:200]!r} has the host {name[:100]!r}; a name such as www.example.org was expected")
    usual = port in (None, 80 if parsed.scheme == "http" else 443)
    return (
        parsed.with_host(name)
        .with_port(None if usual else port)
        .with_path(parsed.raw_path or "/", encoded=True, keep_query=True, keep_fragment=True)
    )


def canonical(url: str) -> str:
    """The spelling under which two addresses of one article compare equal.

    Scheme and host lower-case, IDN as punycode, default port, fragment and tracking parameters dropped, `/../` folded,
    parameters in order of their names, trailing slash as given. Idempotent. Fragments that name a line of a table
    (`#date=`) stay.
    Raises ValueError as `parse` does.
    """
    parsed = parse(url)
    pairs = [pair for pair in parsed.raw_query_string.split("&") if pair and not _is_tracker(pair)]
    ordered = "&".join(sorted(pairs, key=lambda pair: pair.partition("=")[0]))
    fragment = parsed.raw_fragment if parsed.raw_fragment.startswith(_KEPT_FRAGMENTS) else ""
    base = str(parsed.with_query(None).with_fragment(None))
    return base + (f"?{ordered}" if ordered else "") + (f"#{fragment}" if fragment else "")


def host(url: str) -> str:
    """The host name in lower-case ASCII, without port. Raises ValueError as `parse` does."""
    return parse(url).raw_host or ""


def absolute(base: str, href: str) -> str | None:
    """`href` as a browser would resolve it on the page `base`; None where the result is no http(s) address."""
    text = _WHITE.sub("", href.strip())
    if not text or len(text) > MAX_CHARS:
        return None
    try:
        return str(parse(joined(_split(base), text)))
    except (ValueError, UnicodeError):
        return None


def joined(base: URL, href: str) -> str:
    """`href` resolved on `base`, not yet checked. Raises ValueError where it cannot be taken apart."""
    return str(base.join(_split(href)))


def _split(text: str) -> URL:
    """Raises ValueError for whatever yarl stumbles over: some ill-formed hosts, `//[::1]:@/`, make it raise IndexError."""
    try:
        return URL(text)
    except IndexError as error:
        raise ValueError(f"the host is ill-formed ({error})") from None


@lru_cache(maxsize=4096)
def registrable_domain(name: str) -> str:
    """The domain that one owner registered: `news.bbc.co.uk` -> `bbc.co.uk`. An IP address, a single label or a bare
    public suffix is itself. Suffixes under which strangers register (`github.io`) count as public. From the list inside
    tldextract, never the network."""
    lowered = name.lower().removesuffix(".")
    if _is_ip(lowered):
        return lowered
    found = _SUFFIXES(lowered)
    if not found.suffix:  # an unknown top-level domain counts as a suffix: the list's own default rule
        return ".".join(lowered.split(".")[-2:])
    return found.top_domain_under_public_suffix or lowered


def _is_tracker(pair: str) -> bool:
    lowered = unquote_plus(pair).lower()
    name = lowered.partition("=")[0]
    return name in _TRACKERS or lowered in _TRACKER_PAIRS or name.startswith(_TRACKER_FAMILIES)


def _is_ip(name: str) -> bool:
    """Without a zone (`fe80::1%eth0`): zones name interfaces of this machine, and any text passes for one."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return "%" not in name
