"""In: the app and the static site in Debian's Chromium. Out: what a person does with them works: filter, click, read, share, download; with
hostile titles, at 390 pixels, by keyboard, without a request to another host, without serious findings of axe-core.

Skipped where no Chromium is installed.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pyarrow.parquet as pq
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from explorer import site
from ingest.read import current_reader, query
from tests.explorer.conftest import HOSTILE, LATER, MOSCOW, PAY

CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt install chromium")
SECONDS = 30_000  # milliseconds until a page must show what is waited for, on a busy machine
SCREENS = ("", "compare", "offers", "evidence", "changes", "sources", "sql")
STATIC = ("index.html", "compare/index.html", "offers.html", "changes.html", "sources.html", "data/index.html")
# What axe-core 4 finds in Streamlit 1.67 itself, on any page; nothing of ours can change it.
STREAMLITS_OWN: frozenset[str] = frozenset()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(home: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("static") / "site"
    reader = current_reader(home)
    site.export(reader, folder)
    reader.close()
    return folder.as_uri()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own that fails the test when anything is asked of another host or an error is thrown in a page."""
    opened = browser.new_context(accept_downloads=True)
    opened.set_default_timeout(SECONDS)
    asked: set[str] = set()
    errors: list[str] = []
    opened.on("request", lambda request: asked.add(urlsplit(request.url).hostname or ""))
    opened.on("weberror", lambda error: errors.append(str(error.error)))
    yield opened
    opened.close()
    assert asked <= {"127.0.0.1", ""}
    assert errors == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def entry(home: Path, part: str) -> str:
    found = query(home, f"SELECT entry_id FROM timeline WHERE contains(quote, '{part}')").table.to_pylist()
    return str(found[0]["entry_id"])


def ready(page: Page) -> None:
    """The page has run to its end."""
    page.wait_for_selector(".cl-edition, [data-testid=stAlert]")
    page.wait_for_selector("[data-testid=stStatusWidget]", state="detached")
    page.wait_for_selector(".stApp[data-test-script-state=notRunning]")


def alike(one: Page, other: Page) -> bool:
    """Whether both come to show the same words; what takes its time arrives later on one than on the other."""
    for _ in range(60):
        told = {page.locator(".stMain").inner_text() for page in (one, other)}
        if len(told) == 1:
            return True
        one.wait_for_timeout(500)
    return False


def reach(page: Page, wanted: str) -> None:
    """Press Tab until what is `wanted` (a condition on `el`) has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(f"(() => {{ const el = document.activeElement; return {wanted}; }})()"):
            return
    raise AssertionError(f"the Tab key does not lead to: {wanted}")


def serious(page: Page) -> dict[str, list[str]]:
    """Serious and critical findings: the rule, and where."""
    found = Axe().run(page).response["violations"]
    return {one["id"]: [node["html"][:200] for node in one["nodes"]] for one in found if one["impact"] in {"serious", "critical"}}


class TestApp:
    def test_filter_read_and_share(self, context: BrowserContext, page: Page, served: str) -> None:
        page.goto(served)
        ready(page)
        box = page.get_by_label("Search in headline and sentence")
        box.fill("Moscow")
        box.press("Enter")
        expect(page.get_by_role("heading", name="1 entry, newest first")).to_be_visible(timeout=SECONDS)
        page.get_by_text("Read the sentence").first.click()
        expect(page.get_by_text(MOSCOW)).to_be_visible()
        assert "text=Moscow" in page.url
        other = context.browser.new_context() if context.browser else context
        shared = other.new_page()
        shared.goto(page.url)
        expect(shared.get_by_role("heading", name="1 entry, newest first")).to_be_visible(timeout=SECONDS)
        other.close()

    @pytest.mark.parametrize(
        ("screen", "point", "told"), [("", "Russia", MOSCOW), ("compare", "Ukraine", LATER), ("offers", "Ukraine", PAY)]
    )
    def test_a_click_on_a_point_opens_its_sentence_and_the_link_keeps_it(
        self, page: Page, served: str, screen: str, point: str, told: str
    ) -> None:
        page.goto(f"{served}/{screen}")
        ready(page)
        page.locator(f"[data-testid=stVegaLiteChart] .mark-symbol path[aria-label*='{point}']").last.click(force=True)
        expect(page.locator("mark#sentence")).to_have_text(told, timeout=SECONDS)
        assert "entry=" in page.url
        page.reload()
        expect(page.locator("mark#sentence")).to_have_text(told, timeout=SECONDS)

    @pytest.mark.parametrize(
        ("address", "shown"),
        [
            ("?kinds=offer&known=2026-03-02", "1 entry, newest first"),
            ("compare?measure=killed&parties=RU&known=2026-03-02", "5,300"),
            ("offers?parties=UA&actions=hand_over_equipment", "50,000"),
            ("changes?a=1&b=2", "Edition 2 against edition 1"),
            ("sources?source=wire&known=2026-03-02", "Shown are the days up to then"),
            ("sql?table=offers&sql=SELECT+41%2B1+AS+answer", "SELECT 41+1 AS answer"),
        ],
    )
    def test_a_copied_link_gives_the_same_view_to_somebody_else(
        self, browser: Browser, page: Page, served: str, address: str, shown: str
    ) -> None:
        page.goto(f"{served}/{address}")
        ready(page)
        expect(page.get_by_text(shown).first).to_be_visible(timeout=SECONDS)
        other = browser.new_context()
        try:
            shared = other.new_page()
            shared.goto(page.url)
            ready(shared)
            expect(shared.get_by_text(shown).first).to_be_visible(timeout=SECONDS)
            assert alike(page, shared)
        finally:
            other.close()

    def test_a_value_that_names_nothing_is_told(self, page: Page, served: str) -> None:
        page.goto(f"{served}/?parties=Russia")
        ready(page)
        expect(page.locator(".cl-note")).to_contain_text("Right would be: RU (Russia)")

    def test_a_link_to_evidence_keeps_the_day(self, page: Page, served: str) -> None:
        page.goto(f"{served}/?known=2026-03-02")
        ready(page)
        expect(page.get_by_text("as known on 2 March 2026")).to_be_visible()
        page.get_by_role("link", name="General Staff: 5,300").click()
        expect(page.locator("mark#sentence")).to_contain_text("5,300", timeout=SECONDS)
        assert "known=2026-03-02" in page.url

    def test_the_day_is_switched_by_hand(self, page: Page, served: str) -> None:
        page.goto(served)
        ready(page)
        page.get_by_role("spinbutton", name="year, As known on").click()
        page.get_by_role("button", name="Monday, March 2, 2026").click()
        expect(page.get_by_text("as known on 2 March 2026")).to_be_visible(timeout=SECONDS)
        expect(page.get_by_role("link", name="General Staff: 5,300")).to_be_visible(timeout=SECONDS)
        assert "known=2026-03-02" in page.url
        page.get_by_role("link", name="Claims compared").click()
        expect(page.get_by_role("heading", name="People killed, of Russia")).to_be_visible(timeout=SECONDS)
        assert "known=2026-03-02" in page.url  # the day goes along

    @pytest.mark.parametrize(
        ("address", "view", "column", "values"),
        [
            ("?kinds=offer", "timeline", "kind", ["offer"]),
            ("compare?parties=RU&known=2026-03-02", "claims-compared", "low", [498, 2000, 5300]),
            ("offers?parties=UA", "offers", "amount_usd", [50_000]),
            ("sql?sql=SELECT+'=1%2B1'+AS+cell,+41+AS+n", "query", "n", [41]),
        ],
    )
    def test_downloads_read_back_and_name_their_edition(
        self, page: Page, served: str, tmp_path: Path, address: str, view: str, column: str, values: list[Any]
    ) -> None:
        page.goto(f"{served}/{address}")
        ready(page)
        if view == "query":
            page.get_by_role("button", name="Run", exact=True).click()
        for form in ("CSV", "Parquet"):
            with page.expect_download() as waited:
                page.get_by_role("button", name=f"Download {form}").click()
            waited.value.save_as(tmp_path / form)
            assert waited.value.suggested_filename == f"claimledger-2-{view}.{form.lower()}"
        told = pq.read_table(tmp_path / "Parquet")
        assert sorted(told.column(column).to_pylist()) == values
        filters = told.schema.metadata[b"claimledger_filters"].decode()
        assert all(part.split("=")[0] in filters for part in address.partition("?")[2].split("&"))
        lines = (tmp_path / "CSV").read_text(encoding="utf-8").splitlines()
        head = dict(line.removeprefix("# ").split(": ", 1) for line in lines if line.startswith("# "))
        assert head == {key.removeprefix(b"claimledger_").decode(): value.decode() for key, value in told.schema.metadata.items()}
        assert head["source"].startswith("Claimledger, edition 2, published 5 March 2026")
        rows = list(csv.DictReader(line for line in lines if not line.startswith("# ")))
        assert sorted(float(row[column]) if column != "kind" else row[column] for row in rows) == values
        assert not any(cell.startswith("=") for row in rows for cell in row.values())

    def test_by_keyboard_alone_a_sentence_is_read_and_a_filter_set(self, page: Page, served: str) -> None:
        page.goto(served)
        ready(page)
        reach(page, "el.getAttribute('aria-label') === 'Search in headline and sentence'")
        page.keyboard.type("Moscow")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="1 entry, newest first")).to_be_visible(timeout=SECONDS)
        reach(page, "el.tagName === 'SUMMARY'")
        page.keyboard.press("Enter")
        expect(page.get_by_text(MOSCOW)).to_be_visible()

    def test_the_marks_of_a_chart_have_names(self, page: Page, served: str) -> None:
        page.goto(f"{served}/compare?parties=")
        ready(page)
        named = page.locator("[data-testid=stVegaLiteChart] .mark-symbol path[aria-label]")
        expect(named.first).to_be_attached(timeout=SECONDS)
        told = set(named.evaluate_all("marks => marks.map(mark => mark.ariaLabel)"))
        assert "Ukraine: 5,710 of Russia, 3 March 2026" in told

    def test_the_report_of_the_checks_opens(self, page: Page, served: str) -> None:
        page.goto(f"{served}/sources")
        ready(page)
        page.get_by_text("The report of Great Expectations on edition 2").first.click()
        expect(page.frame_locator("iframe").get_by_text("rows of announcements")).to_be_visible(timeout=SECONDS)

    def test_hostile_titles_and_links_run_nothing(self, page: Page, served: str, home: Path) -> None:
        for address in ("", f"evidence?entry={entry(home, 'Moscow')}", f"?text={quote(HOSTILE)}", f"evidence?entry={quote(HOSTILE)}"):
            page.goto(f"{served}/{address}")
            ready(page)
            page.wait_for_timeout(300)
            assert page.title() != "owned"
            assert page.locator("main img, .stMain img").count() == 0

    def test_sql_cannot_leave_the_edition(self, page: Page, served: str) -> None:
        page.goto(f"{served}/sql?sql={quote('SELECT content FROM read_text(' + chr(39) + '/etc/passwd' + chr(39) + ')')}")
        ready(page)
        page.get_by_role("button", name="Run", exact=True).click()
        expect(page.locator(".cl-note")).to_be_visible(timeout=SECONDS)
        assert "root:" not in page.content()

    @pytest.mark.parametrize("screen", SCREENS)
    def test_axe_finds_nothing_serious_and_a_telephone_needs_no_sideways_scrolling(
        self, page: Page, served: str, home: Path, screen: str
    ) -> None:
        page.goto(f"{served}/{screen}" + (f"?entry={entry(home, 'Kyiv')}" if screen in {"evidence", "compare"} else ""))
        ready(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.wait_for_timeout(700)
            found = serious(page)
            assert {rule: found[rule] for rule in found if rule not in STREAMLITS_OWN} == {}, scheme
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


class TestStatic:
    def test_search_stands_in_the_address_and_leads_to_the_sentence(self, page: Page, pages: str) -> None:
        page.goto(f"{pages}/index.html")
        page.get_by_label("Search in headline and sentence").fill("washington")
        expect(page.locator("#found")).to_have_text("1 entry, newest first")
        assert "?q=washington" in page.url
        page.goto(page.url)
        page.locator("#results .cl-headline a").click()
        expect(page.locator("mark#sentence")).to_contain_text("at least 2,000")

    def test_a_click_on_a_point_opens_its_page(self, page: Page, pages: str) -> None:
        page.goto(f"{pages}/compare/killed-personnel-cumulative-ru.html")
        page.locator(".mark-symbol path[aria-label*='Ukraine']").last.click(force=True)
        expect(page.locator("mark#sentence")).to_have_text(LATER)

    def test_without_javascript_it_still_tells_everything(self, browser: Browser, pages: str) -> None:
        plain = browser.new_context(java_script_enabled=False)
        try:
            page = plain.new_page()
            page.goto(f"{pages}/index.html")
            expect(page.locator("figure noscript p")).to_be_visible()
            for part in ("#search", ".plot", ".cl-legend"):
                expect(page.locator(part).first).to_be_hidden()
            page.get_by_role("link", name="March 2026").click()
            page.get_by_text("Read the sentence").first.click()
            expect(page.locator("blockquote").first).to_be_visible()
        finally:
            plain.close()

    def test_the_search_box_is_reached_by_keyboard(self, page: Page, pages: str) -> None:
        page.goto(f"{pages}/index.html")
        page.keyboard.press("Tab")
        expect(page.get_by_text("To the content")).to_be_focused()
        page.keyboard.press("Enter")
        reach(page, "el.name === 'q'")

    @pytest.mark.parametrize("address", STATIC)
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing_serious(self, page: Page, pages: str, address: str, scheme: Any) -> None:
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{pages}/{address}")
        page.wait_for_load_state()
        assert serious(page) == {}

    def test_evidence_and_hostile_titles(self, page: Page, pages: str, home: Path) -> None:
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{pages}/claim/{entry(home, 'Moscow')}.html")
        expect(page.locator("mark#sentence")).to_have_text(MOSCOW)
        assert page.title() != "owned"
        assert serious(page) == {}

    @pytest.mark.parametrize("address", [*STATIC, "compare/killed-personnel-cumulative-ru.html"])
    def test_a_telephone_needs_no_sideways_scrolling(self, page: Page, pages: str, address: str) -> None:
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{pages}/{address}")
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
