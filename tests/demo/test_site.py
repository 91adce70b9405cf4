"""The demonstration web keeps its promises: listings lead somewhere, special cases are there, bytes are stable."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import pytest
import yaml
from lxml import etree
from lxml import html as lxml_html

from demo import make_warc
from demo.articles import Article, articles, outlets
from demo.render import NOTE
from demo.server import DemoSite
from demo.web import addresses, respond, special_cases
from ingest.sources import read_sources

ROOT = Path(__file__).parents[2]
SEEDS = Path(os.environ.get("CLAIMLEDGER_SEEDS", ROOT.parent / "shared" / "seeds"))
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
STATEMENTS = ("claims", "offers", "announcements")
STUBS = {"paywall", "too_short", "soft_404"}
SERVED = [article for article in articles() if article.outlet != make_warc.OUTLET]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(site: DemoSite, url: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
    """One request to the local server for an address of the demonstration web; redirects are not followed."""
    host, slash, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    try:
        connection.request(method, slash + path, headers={"Host": host, "User-Agent": "test/1", **(headers or {})})
        reply = connection.getresponse()
        return Answer(status=reply.status, headers=dict(reply.getheaders()), body=reply.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite() as running:
        yield running


@pytest.fixture
def second_visit(site: DemoSite) -> Iterator[DemoSite]:
    site.visit = 2
    yield site
    site.visit = 1


def url_of(article: Article) -> str:
    return outlets()[article.outlet].home + article.path


def of_slug(slug: str, visit: int = 1) -> Article:
    return next(article for article in articles(visit) if article.slug == slug)


# What there is


def test_there_are_at_least_forty_four_pages_in_five_layouts() -> None:
    assert len(SERVED) >= 44
    layouts = {outlets()[article.outlet].layout for article in SERVED}
    assert layouts == {"gazette", "wire", "rampart", "twelve", "bureau"}


@pytest.mark.parametrize(("kind", "least"), [("claims", 60), ("offers", 25), ("announcements", 40)])
def test_the_pages_tell_enough_statements(kind: str, least: int) -> None:
    assert sum(len(getattr(article, kind)) for article in SERVED) >= least


@pytest.mark.parametrize("article", articles(), ids=lambda a: f"{a.outlet}-{a.slug}")
def test_every_anchor_stands_once_in_its_text(article: Article) -> None:
    anchors = [anchor for kind in STATEMENTS for anchor in getattr(article, kind)]
    assert [anchor for anchor in anchors if article.text.count(anchor) != 1] == []


@pytest.mark.parametrize("article", [a for a in SERVED if a.special not in STUBS], ids=lambda a: f"{a.outlet}-{a.slug}")
def test_an_article_has_an_ordinary_length_and_says_that_it_is_made_up(article: Article) -> None:
    response = respond(outlets()[article.outlet].host, article.path, 1)
    charset = {"utf-16": "utf-16"}.get(article.charset, article.charset)
    assert 100 <= len(article.text.split()) <= 600
    assert NOTE in response.body.decode(charset)


def test_dates_spread_over_the_years_of_the_war() -> None:
    days = [article.published.date().isoformat() for article in SERVED]
    assert min(days).startswith("2022-02") and max(days).startswith("2025-11")
    assert {day[:4] for day in days} == {"2022", "2023", "2024", "2025"}


# (slug, what Kyiv says, what Moscow says): same party, same measure, the same or neighbouring days.
BOTH_SIDES = [
    ("two-counts-one-week", "9,166 soldiers", "498 Russian soldiers had been killed"),
    ("nato-estimate", "15,600 Russian soldiers", "498 Russian soldiers"),
    ("moscow-names-1351", "Russian soldiers had been killed since 24 February", "1,351 Russian soldiers"),
    ("moscow-names-1351", "about 1,300 Ukrainian soldiers", "14,000 Ukrainian servicemen"),
    ("call-up-three-hundred-thousand", "55,110 Russian soldiers", "5,937 Russian soldiers"),
    ("call-up-three-hundred-thousand", "nearly 9,000 Ukrainian soldiers", "61,207 Ukrainian soldiers"),
    ("makiivka-new-year", "about 400 Russian soldiers", "63 Russian soldiers"),
    ("olenivka", "about 40 Ukrainian prisoners", "40 Ukrainian prisoners had been killed and 75"),
    ("olenivka", "130 wounded", "75 wounded"),
]


@pytest.mark.parametrize(("slug", "kyiv", "moscow"), BOTH_SIDES)
def test_both_sides_count_the_same_thing(slug: str, kyiv: str, moscow: str) -> None:
    text = of_slug(slug).text
    assert kyiv in text and moscow in text


# Listings


def test_every_entry_of_every_feed_answers_as_meant(site: DemoSite) -> None:
    special = special_cases()
    for address in ("gazette.example/rss.xml", "twelve.example/atom.xml", "wire.example/index.rdf"):
        feed = feedparser.parse(ask(site, f"http://{address}").body)
        assert not feed.bozo and len(feed.entries) >= 9
        for entry in feed.entries:
            missing = entry.link == special["always_missing"]
            assert ask(site, entry.link).status == (404 if missing else 200), entry.link
            assert entry.get("published_parsed") or entry.get("updated_parsed"), entry.link


def test_feeds_are_of_three_formats(site: DemoSite) -> None:
    found = {
        feedparser.parse(ask(site, f"http://{address}").body).version
        for address in ("gazette.example/rss.xml", "twelve.example/atom.xml", "wire.example/index.rdf")
    }
    assert found == {"rss20", "atom10", "rss10"}


def test_the_sitemap_index_leads_to_a_gzip_sitemap_and_a_news_sitemap(site: DemoSite) -> None:
    index = etree.fromstring(ask(site, "http://rampart.example/sitemap_index.xml").body)
    maps = {str(node.text): ask(site, str(node.text)) for node in index.iter(f"{SITEMAP}loc")}
    packed, news = maps["http://rampart.example/sitemap-posts.xml.gz"], maps["http://rampart.example/sitemap-news.xml"]
    assert packed.headers["Content-Type"] == "application/gzip"
    trees = [etree.fromstring(gzip.decompress(packed.body)), etree.fromstring(news.body)]
    pages = [str(node.text) for tree in trees for node in tree.iter(f"{SITEMAP}loc")]
    assert sorted(pages) == sorted(url_of(article) for article in SERVED if article.outlet == "rampart")
    assert {ask(site, page).status for page in pages} == {200}
    assert b"news:publication_date" in news.body


def test_the_section_page_links_every_release(site: DemoSite) -> None:
    tree = lxml_html.fromstring(ask(site, "http://bureau.example/releases/").body)
    links = {f"http://bureau.example{link}" for link in tree.xpath("//li/a/@href")}
    assert links == {url_of(article) for article in SERVED if article.outlet == "bureau"}
    assert {ask(site, link).status for link in links} == {200}


def test_robots_files_have_rules_a_zero_delay_and_one_absence(site: DemoSite) -> None:
    assert b"Disallow: /members/" in ask(site, "http://gazette.example/robots.txt").body
    assert b"Crawl-delay: 0" in ask(site, "http://rampart.example/robots.txt").body
    assert ask(site, "http://wire.example/robots.txt").status == 404


# Special cases


def test_every_special_case_exists() -> None:
    wanted = """
        wire_copy_verbatim wire_copy_with_lede wire_copy_cut edited_figure edited_headline gone_404 gone_410
        always_missing redirect_chain endless_redirect robots_blocked paywall soft_404 windows_1251 utf_16 huge_page
        feed_date_differs pdf pdf_called_html empty_page too_short german_page amp_of_us-intelligence-315000
        tracking_parameters foreign_canonical hostile_title broken_json_ld several_json_ld live_blog
        empty_sitemap feed_without_dates
    """
    assert sorted(set(wanted.split()) - set(special_cases())) == []


def test_the_wire_story_is_told_verbatim_with_a_lede_and_cut() -> None:
    wire = of_slug("contract-for-the-young").paragraphs
    assert of_slug("wire-front-line-pay").paragraphs == wire
    lede, *rest = of_slug("wire-with-lede").paragraphs
    assert tuple(rest) == wire and 55 <= len(lede.split()) <= 70
    cut = of_slug("wire-cut").paragraphs
    kept = len(" ".join(cut).split()) / len(" ".join(wire).split())
    assert cut == wire[: len(cut)] and 0.65 <= kept <= 0.75


def test_a_figure_and_a_headline_change_between_the_visits(site: DemoSite) -> None:
    before, after = of_slug("moscow-names-1351"), of_slug("moscow-names-1351", 2)
    assert before.text.replace("15,800", "16,100") == after.text != before.text and before.title == after.title
    first, second = of_slug("makiivka-new-year"), of_slug("makiivka-new-year", 2)
    assert first.text == second.text and first.title != second.title
    shown = ask(site, url_of(before))
    site.visit = 2
    try:
        changed = ask(site, url_of(before), {"If-None-Match": shown.headers["ETag"]})
    finally:
        site.visit = 1
    assert changed.status == 200 and b"16,100" in changed.body and b"16,100" not in shown.body


def test_nothing_else_changes_between_the_visits() -> None:
    changed = {a.special for a, b in zip(articles(1), articles(2), strict=True) if a != b}
    assert changed == {"edited_figure", "edited_headline", "gone_404", "gone_410"}


@pytest.mark.parametrize(("case", "status"), [("gone_404", 404), ("gone_410", 410)])
def test_a_page_is_gone_at_the_second_visit(second_visit: DemoSite, case: str, status: int) -> None:
    address = special_cases()[case]
    assert ask(second_visit, address).status == status
    second_visit.visit = 1
    assert ask(second_visit, address).status == 200


def test_a_chain_of_three_redirects_ends_at_an_article(site: DemoSite) -> None:
    address, hops = special_cases()["redirect_chain"], 0
    while (answer := ask(site, address)).status != 200:
        address, hops = urljoin(address, answer.headers["Location"]), hops + 1
    assert hops == 3 and address == special_cases()["redirect_target"]


def test_the_endless_redirect_comes_back_to_itself(site: DemoSite) -> None:
    there = ask(site, special_cases()["endless_redirect"]).headers["Location"]
    assert ask(site, f"http://gazette.example{there}").headers["Location"] == "/loop/a"


def test_the_windows_1251_page_says_so_in_the_header_alone(site: DemoSite) -> None:
    answer = ask(site, special_cases()["windows_1251"])
    assert answer.headers["Content-Type"] == "text/html; charset=windows-1251"
    assert b"charset" not in answer.body and "Мизинцев" in answer.body.decode("windows-1251")


def test_the_utf_16_page_says_so_by_its_first_bytes_alone(site: DemoSite) -> None:
    answer = ask(site, special_cases()["utf_16"])
    assert answer.headers["Content-Type"] == "text/html" and answer.body.startswith(b"\xff\xfe")
    assert "Генеральний штаб" in answer.body.decode("utf-16") and "charset" not in answer.body.decode("utf-16")


def test_the_huge_page_has_thirty_mebibytes_and_is_not_held_in_memory(site: DemoSite) -> None:
    host, _, path = special_cases()["huge_page"].removeprefix("http://").partition("/")
    assert len(respond(host, f"/{path}", 1).body) < 100_000
    assert len(ask(site, special_cases()["huge_page"]).body) == 30 * 1024 * 1024


def test_files_that_are_not_pages(site: DemoSite) -> None:
    cases = special_cases()
    pdf, lying = ask(site, cases["pdf"]), ask(site, cases["pdf_called_html"])
    assert pdf.body == lying.body and pdf.body.startswith(b"%PDF-")
    assert (pdf.headers["Content-Type"], lying.headers["Content-Type"]) == ("application/pdf", "text/html")
    assert ask(site, cases["empty_page"]).body == b""
    assert len(of_slug("too-short").text) < 250


def test_the_paywall_stub_declares_itself(site: DemoSite) -> None:
    body = ask(site, special_cases()["paywall"]).body.decode()
    assert '"isAccessibleForFree": false' in body
    assert len(re.findall(r"\.(\s|$)", of_slug("subscribers-only").text)) == 2


def test_json_ld_is_whole_broken_or_several(site: DemoSite) -> None:
    def blocks(address: str) -> list[str]:
        return lxml_html.fromstring(ask(site, address).body).xpath('//script[@type="application/ld+json"]/text()')

    whole, several = blocks(special_cases()["edited_figure"]), blocks(special_cases()["several_json_ld"])
    assert json.loads(whole[0])["datePublished"] == "2022-03-25T19:40:00+00:00"
    assert len(several) == 2 and "NewsArticle" in {node["@type"] for node in json.loads(several[0])["@graph"]}
    with pytest.raises(json.JSONDecodeError):
        json.loads(blocks(special_cases()["broken_json_ld"])[0])
    live = json.loads(blocks(special_cases()["live_blog"])[0])
    assert live["@type"] == "LiveBlogPosting" and len(live["liveBlogUpdate"]) == 5


def test_the_amp_page_and_the_normal_page_name_each_other(site: DemoSite) -> None:
    normal = url_of(of_slug("us-intelligence-315000"))
    assert f'<link rel="amphtml" href="{normal}/amp">' in ask(site, normal).body.decode()
    assert f'<link rel="canonical" href="{normal}">' in ask(site, f"{normal}/amp").body.decode()


def test_a_page_claims_the_address_of_another_outlet(site: DemoSite) -> None:
    answer = ask(site, special_cases()["foreign_canonical"]).body
    assert b'<link rel="canonical" href="http://gazette.example/' in answer


def test_the_hostile_title_is_escaped_where_it_is_shown(site: DemoSite) -> None:
    body = ask(site, special_cases()["hostile_title"]).body.decode()
    assert "<script>alert(1)" not in body and "&lt;script&gt;alert(1)" in body and "\x1b[31m" in body


def test_feed_and_page_disagree_about_one_date() -> None:
    differing = [article.slug for article in SERVED if article.feed_published != article.published]
    assert differing == ["tanks-from-two-capitals"]


def test_feed_links_carry_tracking_parameters(site: DemoSite) -> None:
    assert ask(site, "http://gazette.example/rss.xml").body.count(b"utm_source=rss") >= 1
    assert b"utm_source=atom" in ask(site, "http://twelve.example/atom.xml").body


# The server


@pytest.mark.parametrize("address", ["http://gazette.example/rss.xml", "http://wire.example/r/20220520-steelworks"])
def test_conditional_requests_are_answered_304_without_a_body(site: DemoSite, address: str) -> None:
    first = ask(site, address)
    by_tag = ask(site, address, {"If-None-Match": first.headers["ETag"]})
    by_date = ask(site, address, {"If-Modified-Since": first.headers["Last-Modified"]})
    assert (by_tag.status, by_tag.body, by_date.status, by_date.body) == (304, b"", 304, b"")
    assert ask(site, address, {"If-None-Match": '"other"'}).status == 200


def test_requests_are_logged_in_order_with_their_conditions() -> None:
    with DemoSite() as own:
        ask(own, "http://gazette.example/rss.xml?a=1", {"If-None-Match": '"x"'})
        ask(own, "http://nowhere.example/", method="HEAD")
    first, second = own.log
    assert (first.method, first.host, first.path, first.status) == ("GET", "gazette.example", "/rss.xml?a=1", 200)
    assert (first.user_agent, first.if_none_match, first.if_modified_since) == ("test/1", '"x"', None)
    assert (second.method, second.host, second.status) == ("HEAD", "nowhere.example", 404)
    assert first.received_at <= second.received_at


def test_a_reader_that_hangs_up_does_no_harm(capfd: pytest.CaptureFixture[str]) -> None:
    host, _, path = special_cases()["huge_page"].removeprefix("http://").partition("/")
    with DemoSite() as own:
        with socket.create_connection(("127.0.0.1", own.port), timeout=10) as reader:
            reader.sendall(f"GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert reader.recv(1000).startswith(b"HTTP/1.1 200")
        assert ask(own, "http://gazette.example/rss.xml").status == 200
    assert capfd.readouterr().err == ""


def test_the_command_prints_the_setting_and_stops_when_interrupted() -> None:
    command = [sys.executable, "-m", "demo.server", "--visit", "2"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert re.fullmatch(r'CLAIMLEDGER_ALLOW_LOOPBACK="\*\.example=127\.0\.0\.1:\d+"\n', told)
        assert process.wait(timeout=20) == 0


DIGEST = """
import hashlib
from demo.web import addresses, respond
total = hashlib.sha256()
for visit in (1, 2):
    for address in addresses(visit):
        host, slash, path = address.removeprefix("http://").partition("/")
        total.update(respond(host, slash + path, visit).body)
print(total.hexdigest())
"""


def test_the_same_bytes_come_from_a_fresh_process() -> None:
    def digest(seed: str) -> bytes:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", DIGEST]
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True).stdout

    assert digest("1") == digest("2")


def test_no_page_raises_at_either_visit() -> None:
    for visit in (1, 2):
        for address in addresses(visit):
            host, _, path = address.removeprefix("http://").partition("/")
            assert respond(host, f"/{path}", visit).status in {200, 301, 302, 308, 404, 410}


# Sources and data


def test_the_source_files_are_valid_and_cover_every_kind() -> None:
    sources, errors = read_sources(ROOT / "demo" / "sources")
    assert [str(error) for error in errors] == [] and 8 <= len(sources) <= 10
    assert {str(source.kind) for source in sources} == {"feed", "sitemap", "pages", "urls", "warc", "jsonl", "table"}
    assert all(source.enabled and source.publish_text and source.delay_seconds == 0 for source in sources)


@pytest.mark.parametrize("folder", ["demo/sources", "tests/demo/broken"])
def test_every_address_of_a_source_is_known_to_the_server(folder: str) -> None:
    sources, errors = read_sources(ROOT / folder)
    assert not errors
    assert {url for source in sources for url in source.listings} - set(addresses()) == set()


def test_every_source_names_the_schema_in_its_first_line() -> None:
    for file in sorted((ROOT / "demo" / "sources").glob("*.yaml")):
        line = file.read_text(encoding="utf-8").splitlines()[0]
        schema = line.removeprefix("# yaml-language-server: $schema=")
        assert schema != line and (file.parent / schema).resolve() == ROOT / "dags" / "sources" / "source.schema.json"


def test_every_data_file_is_found_by_its_source() -> None:
    data = ROOT / "demo" / "data"
    sources, _ = read_sources(ROOT / "demo" / "sources")
    found = {file for source in sources if source.path for file in data.glob(source.path)}
    assert found == set(data.iterdir())


def test_the_table_has_forty_days_that_never_fall() -> None:
    rows = (ROOT / "demo" / "data" / "general_staff_2022.csv").read_text(encoding="utf-8").splitlines()
    table = yaml.safe_load((ROOT / "demo" / "sources" / "general_staff_2022.yaml").read_text(encoding="utf-8"))["table"]
    header, days = rows[0].split(","), [row.split(",") for row in rows[1:]]
    assert set(table["columns"]) <= set(header) and len(days) == 40
    assert all(a[0] < b[0] and int(a[1]) <= int(b[1]) for a, b in pairwise(days))


def test_the_json_lines_are_whole_articles() -> None:
    lines = (ROOT / "demo" / "data" / "dispatches.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len({row["url"] for row in rows}) == len(rows) >= 5
    assert all(set(row) == {"url", "title", "published", "authors", "language", "outlet", "text"} for row in rows)


def test_the_archive_file_is_what_the_script_makes() -> None:
    made, kept = make_warc.warc_bytes(), make_warc.TARGET.read_bytes()
    assert made == make_warc.warc_bytes() and len(kept) < 100_000
    # Compared unpacked: another zlib may pack the same bytes in another way.
    assert gzip.decompress(made) == gzip.decompress(kept)


# Own words


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = _words(text)
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def test_no_sentence_is_taken_from_the_seed_texts() -> None:
    if not SEEDS.is_dir():
        pytest.skip(f"no seed texts in {SEEDS}; set CLAIMLEDGER_SEEDS to their folder to run this check")
    texts = [file.read_text(encoding="utf-8") for file in sorted(SEEDS.glob("*.txt"))]
    told = set().union(*(_runs(text, 8) for text in texts))
    ours = "\n".join(article.text for article in (*articles(1), *articles(2)))
    lines = (ROOT / "demo" / "data" / "dispatches.jsonl").read_text(encoding="utf-8").splitlines()
    ours += "\n".join(json.loads(line)["text"] for line in lines)
    sentences = [sentence for sentence in re.split(r"(?<=[.!?])\s+", ours) if len(_words(sentence)) >= 8]
    assert texts and [sentence for sentence in sentences if _runs(sentence, 8) & told] == []
