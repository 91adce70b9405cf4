"""In: the app and the static site in Debian's Chromium. Out: what a person does with them works: filter, click, read, share, download; with
hostile titles, at 390 pixels, by keyboard, without a request to another host, without serious findings of axe-core.

Skipped where no Chromium is installed.
"""

from __future__ import annotations

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

    def test_a_download_reads_back_and_names_its_edition(self, page: Page, served: str, tmp_path: Path) -> None:
        page.goto(f"{served}/?kinds=offer")
        ready(page)
        with page.expect_download() as waited:
            page.get_by_role("button", name="Download Parquet").click()
        waited.value.save_as(tmp_path / "offers.parquet")
        told = pq.read_table(tmp_path / "offers.parquet")
        assert told.column("kind").to_pylist() == ["offer"]
        assert b"edition 2" in told.schema.metadata[b"claimledger_source"]
        assert b"kinds=offer" in told.schema.metadata[b"claimledger_filters"]

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
    def test_a_telephone_needs_no_sideways_scrolling(self, page: Page, served: str, screen: str) -> None:
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{served}/{screen}")
        ready(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

    @pytest.mark.parametrize("screen", SCREENS)
    def test_axe_finds_nothing_serious(self, page: Page, served: str, home: Path, screen: str) -> None:
        page.goto(f"{served}/{screen}" + (f"?entry={entry(home, 'Kyiv')}" if screen in {"evidence", "compare"} else ""))
        ready(page)
        page.wait_for_timeout(500)
        found = serious(page)
        assert {rule: found[rule] for rule in found if rule not in STREAMLITS_OWN} == {}


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

    def test_the_search_box_is_reached_by_keyboard(self, page: Page, pages: str) -> None:
        page.goto(f"{pages}/index.html")
        page.keyboard.press("Tab")
        expect(page.get_by_text("To the content")).to_be_focused()
        page.keyboard.press("Enter")
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == "q":
                return
        raise AssertionError("the search box was not reached")

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
