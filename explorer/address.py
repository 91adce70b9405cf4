"""In: the address of a page. Out: its filters as widgets that say the same; what somebody sets stands in the address at once.

The address is the one place where the state of a page lives: every run sets the widgets from it and every change of a widget is written
there first. So a copied link, the back button and a click give the same view. What the address asks for in vain is said on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import links, markup

PAGE = "p"
_CHANGED = "changed-filter"


class Address:
    """The filters of one page in one run; `takes` are the names it has, `is_entered` says that another page was shown before. What is wrong
    in the address is told in `notices`."""

    def __init__(self, takes: Sequence[str], notices: DeltaGenerator, *, is_entered: bool) -> None:
        self._takes, self._notices, self._is_entered = takes, notices, is_entered
        self._changed = st.session_state.pop(_CHANGED, None)
        for name in st.query_params:
            if name not in takes:
                notices.html(markup.notice(links.unknown(name, takes)))

    def one(
        self, label: str, name: str, options: Sequence[Any], names: Callable[[Any], str] = str, *, after: Sequence[str] = (), **more: Any
    ) -> Any:
        """One of the options, the first unless the address says another; none where `index` is None. `after` are the filters on which the
        options hang: when one of them is changed, a value that no longer fits is let go without a word."""
        first = None if "index" in more or not options else options[0]
        more = {**more, "index": None} if "index" in more else more
        return self._shown(
            st.selectbox, label, name, links.Choice(options, names), first, after, options=options, format_func=names, **more
        )

    def several(
        self,
        label: str,
        name: str,
        options: Sequence[Any],
        names: Callable[[Any], str] = str,
        *,
        default: Sequence[Any] = (),
        after: Sequence[str] = (),
        placeholder: str = "All",
    ) -> tuple[Any, ...]:
        """Any number of the options; none means all."""
        found = self._shown(
            st.multiselect, label, name, links.Choice(options, names), list(default), after,
            options=options, format_func=names, placeholder=placeholder,
        )  # fmt: skip
        return tuple(found)

    def segments(
        self, label: str, name: str, options: Sequence[Any], names: Callable[[Any], str] = str, *, after: Sequence[str] = ()
    ) -> Any:
        """One of a few options, side by side; the first unless the address says another."""
        kind = links.Choice(options, names)
        return self._shown(st.segmented_control, label, name, kind, options[0], after, options=options, format_func=names, required=True)

    def day(self, label: str, name: str, first: date, last: date, **more: Any) -> date | None:
        """A day of the span, or none."""
        kind = links.Day(first, last)
        found = self._shown(st.date_input, label, name, kind, None, (), value=None, min_value=first, max_value=last, **more)
        return found if isinstance(found, date) else None

    def days(self, span: Sequence[date | None]) -> tuple[date | None, date | None]:
        """First and last day of what is shown."""
        first, last = span[0] or date(1900, 1, 1), span[1] or date(2100, 1, 1)
        since, until = self.day("From day", "since", first, last), self.day("To day", "until", first, last)
        if since and until and since > until:
            self.notice("The first day is after the last: nothing lies between. Swap them, or empty one.")
        return since, until

    def whole(self, label: str, name: str, least: int) -> int:
        """A whole number from `least`, which it is unless the address says another."""
        return int(self._shown(st.number_input, label, name, links.Whole(least), least, (), min_value=least, step=1))

    def flag(self, label: str, name: str, *, default: bool) -> bool:
        return bool(self._shown(st.toggle, label, name, links.Flag(), default, ()))

    def text(self, label: str, name: str, **more: Any) -> str:
        return str(self._shown(st.text_input, label, name, links.Text(), "", (), **more))

    def lines(self, label: str, name: str, default: str, most: int, **more: Any) -> str:
        """A text of several lines."""
        return str(self._shown(st.text_area, label, name, links.Text(most), default, (), max_chars=most, **more))

    def page(self, pages: int) -> int:
        """The number of a page of a list, from 1; any other filter that is changed leads back to the first."""
        kind = links.Whole(1, pages)
        if pages > 1:
            return int(self._shown(_pagination, "", PAGE, kind, 1, (), num_pages=pages))
        self._value(PAGE, kind, 1, (), is_many=False)
        return 1

    def given(self, name: str) -> list[str]:
        """What the address says of a filter, as it stands there."""
        return st.query_params.get_all(name)

    def notice(self, text: str) -> None:
        """Say something above the page's content; the text may be anybody's."""
        self._notices.html(markup.notice(text))

    def _shown(
        self, widget: Callable[..., Any], label: str, name: str, kind: links.Kind, default: Any, after: Sequence[str], **more: Any
    ) -> Any:
        value = self._value(name, kind, default, after, is_many=isinstance(default, list))
        # What stands there when a page is entered is the value of the other page's widget, and goes with it.
        if self._is_entered or name not in st.session_state or st.session_state[name] != value:
            st.session_state[name] = value
        return widget(label, key=name, on_change=_write, args=(name, kind, default), **more)

    def _value(self, name: str, kind: links.Kind, default: Any, after: Sequence[str], *, is_many: bool) -> Any:
        """What the address says, the rest of it told as wrong."""
        if name not in self._takes:
            raise KeyError(name)
        given = self.given(name)
        if len(given) > 1 and not is_many:
            self.notice(f"The address sets {name} {len(given)} times; the first counts.")
        values, wrong = links.read(kind, given if is_many else given[:1])
        if wrong and self._changed in after:
            wrong = []
            _put(name, [kind.write(value) for value in values])
        for text in wrong:
            self.notice(links.complaint(name, text, kind))
        if is_many:
            return values if values or given == [""] else default
        return values[0] if values else (type(default)() if given == [""] and isinstance(default, str) else default)


def _pagination(_: str, **more: Any) -> int:
    return st.pagination(**more)


def _write(name: str, kind: links.Kind, default: Any) -> None:
    """What a widget was set to, into the address; a default does not stand there."""
    value = st.session_state[name]
    values = value if isinstance(value, list) else [] if value is None else [value]
    texts = [] if value == default else [kind.write(one) for one in values] or [""]
    _put(name, texts)
    st.session_state[_CHANGED] = name
    if name != PAGE:
        _put(PAGE, [])


def _put(name: str, texts: Sequence[str]) -> None:
    if texts:
        st.query_params[name] = list(texts)
    elif name in st.query_params:
        del st.query_params[name]
