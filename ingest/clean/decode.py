"""In: the bytes of a page and the charset label of its HTTP header. Out: its text, decoded as browsers decode, without characters that
no text needs.

Order (WHATWG, "determining the character encoding"): byte order mark, HTTP label, the label in the page's first bytes, then UTF-8 when
the bytes are valid UTF-8, then windows-1252. Labels mean what browsers mean by them ("iso-8859-1" is windows-1252), via `webencodings`.
One step further than browsers: a page's own label loses against bytes that are UTF-8 beyond chance (proxies and archives convert pages
and leave the label).
"""

from __future__ import annotations

import re

import webencodings

SURE_BYTES = 20  # so many bytes above 127 are valid UTF-8 by chance in fewer than one text in a million
PRESCAN_BYTES = 8192  # the standard reads 1024; real pages put scripts before their meta tag

_XML_DECLARATION = re.compile(rb"""^\s*<\?xml[^<>]{1,200}?encoding\s*=\s*["']([\w:.-]{1,40})""", re.IGNORECASE)
_META_CHARSET = re.compile(rb"""<meta\s[^<>]{0,400}?charset\s*=\s*["']?\s*([\w:.-]{1,40})""", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(-->|\Z)", re.DOTALL)
_HIGH = bytes(range(128, 256))
_WESTERN = webencodings.lookup("windows-1252")


def decode(body: bytes, charset: str | None) -> str:
    """`body` as text. Malformed bytes become U+FFFD (lone surrogates too); NULs are dropped."""
    text, _ = webencodings.decode(body, encoding_of(body, charset), errors="replace")  # reads a byte order mark first
    return str(text).replace("\0", "")


def encoding_of(body: bytes, charset: str | None) -> webencodings.Encoding:
    """The encoding a browser would use when there is no byte order mark."""
    told = _lookup(charset)
    if told is not None:
        return told
    told = _from_page(body[:PRESCAN_BYTES])
    if told is None:
        return webencodings.UTF8 if _is_utf8(body) else _WESTERN
    return webencodings.UTF8 if _is_utf8(body, at_least=SURE_BYTES) else told


def _lookup(label: str | None) -> webencodings.Encoding | None:
    return webencodings.lookup(label.strip().strip("\"'")) if label else None


def _from_page(start: bytes) -> webencodings.Encoding | None:
    """The label the page gives itself. A page whose label can be read as ASCII is not UTF-16, whatever it says: then UTF-8 is meant."""
    if start.startswith((b"<\0", b"\0<")):
        return webencodings.lookup("utf-16le" if start[0] else "utf-16be")
    seen = _COMMENT.sub(b"", start)
    found = _XML_DECLARATION.search(seen) or _META_CHARSET.search(seen)
    encoding = _lookup(found[1].decode("ascii")) if found else None
    if encoding is not None and encoding.name in ("utf-16le", "utf-16be"):
        return webencodings.UTF8
    if encoding is not None and encoding.name == "x-user-defined":
        return _WESTERN
    return encoding


def _is_utf8(body: bytes, at_least: int = 0) -> bool:
    """Valid UTF-8, with no fewer than `at_least` bytes outside ASCII."""
    if at_least and len(body) - len(body.translate(None, _HIGH)) < at_least:
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
