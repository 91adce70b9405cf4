"""In: the export of two nights. Out: pages that load nothing, say who claims what to machines too, and hold no hostile element."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import altair as alt
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from jsonschema import ValidationError
from lxml import html

from explorer import site
from ingest.cli import main
from ingest.errors import Misuse
from ingest.read import Reader, query
from tests.explorer.conftest import HOSTILE, KYIV, LATER


@pytest.fixture(scope="module")
def exported(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "site"
    done = CliRunner().invoke(main, ["export-site", str(folder), "--home", str(home)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return folder


def pages(folder: Path) -> Iterator[tuple[Path, html.HtmlElement]]:
    """All but the report of the checks, which is not ours to lay out."""
    for path in sorted(folder.rglob("*.html")):
        if path.name != site.REPORT:
            yield path, html.fromstring(path.read_bytes())


def test_every_link_and_file_is_there_and_nothing_is_elsewhere(exported: Path) -> None:
    count = 0
    for path, page in pages(exported):
        for element in page.xpath("//link[@href] | //script[@src] | //img"):
            assert (path.parent / (element.get("href") or element.get("src"))).is_file()
        for link in page.iter("a"):
            if link.get("href").startswith("https://") and link.get("rel"):
                continue
            target = link.get("href").split("#")[0]
            assert not target or (path.parent / target).is_file(), f"{path}: {link.get('href')}"
            count += 1
    assert count > 50


def test_every_page_tells_the_edition_and_forbids_other_hosts(exported: Path) -> None:
    for path, page in pages(exported):
        assert "Edition 2 · published 5 March 2026, 04:00 UTC" in page.text_content(), path
        assert "default-src 'none'" in page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
        assert len(page.xpath("//h1")) == 1, path


def test_hostile_titles_and_claimants_stay_text(exported: Path) -> None:
    seen = False
    for path, page in pages(exported):
        assert page.xpath("//img") == [], path
        for script in page.iter("script"):
            assert script.get("src") or json.loads(script.text)
        seen = seen or HOSTILE in page.text_content()
    assert seen


def test_a_page_for_each_entry_with_its_claim_for_machines(exported: Path, home: Path) -> None:
    rows = query(home, "SELECT entry_id, headline, quote, url FROM timeline").table.to_pylist()
    assert {path.stem for path in (exported / "claim").iterdir()} == {row["entry_id"] for row in rows}
    for row in rows:
        page = html.parse(exported / "claim" / f"{row['entry_id']}.html")
        told = json.loads(page.xpath("//script[@type='application/ld+json']")[0].text)
        assert (told["@type"], told["name"], told["text"]) == ("Claim", row["headline"], row["quote"])
        assert told["firstAppearance"]["url"] == row["url"]


# What schema.org allows of the types that are used: https://schema.org/Claim, …/NewsArticle, …/Organization, …/Thing
VOCABULARY = {
    "Claim": {"identifier", "name", "text", "author", "about", "temporalCoverage", "firstAppearance", "appearance"},
    "NewsArticle": {"url", "headline", "publisher", "datePublished"},
    "Organization": {"name"},
    "Thing": {"name"},
}


def _typed(told: object, where: str = "") -> Iterator[str]:
    """What is wrong in a piece of JSON-LD."""
    if isinstance(told, list):
        for one in told:
            yield from _typed(one, where)
    elif isinstance(told, dict):
        kind = told.get("@type", "Thing")
        yield from (f"{where}{kind}.{name}" for name in told.keys() - {"@type", "@context"} - VOCABULARY[kind])
        for name, value in told.items():
            yield from _typed(value, f"{where}{name}/")
    elif told in (None, "", "None"):
        yield f"{where} is empty"


def test_what_machines_are_told_is_of_the_vocabulary_and_complete(exported: Path, home: Path) -> None:
    speakers = {row["entry_id"]: row["actor"] for row in query(home, "SELECT entry_id, actor FROM timeline").table.to_pylist()}
    for path in (exported / "claim").iterdir():
        told = json.loads(html.parse(path).xpath("//script[@type='application/ld+json']")[0].text)
        assert list(_typed(told)) == []
        assert told["@context"] == "https://schema.org"
        assert told["author"]["name"] == speakers[told["identifier"]]
        assert date.fromisoformat(told["firstAppearance"]["datePublished"][:10]) == date(2026, 3, 1)
        assert told["firstAppearance"]["publisher"]["name"]
        date.fromisoformat(told["temporalCoverage"])


def test_without_javascript_every_entry_is_reached(exported: Path, home: Path) -> None:
    months = {link.get("href") for link in html.parse(exported / "index.html").xpath("//ul[@class='months']//a")}
    found = [Path(link.get("href")).stem for month in months for link in html.parse(exported / month).xpath("//p[@class='cl-headline']/a")]
    assert sorted(found) == sorted(row["entry_id"] for row in query(home, "SELECT entry_id FROM timeline").table.to_pylist())


def test_claims_on_all_sides_are_compared_in_one_chart(exported: Path) -> None:
    page = html.parse(exported / "compare" / "index.html")
    listed = {link.text: link.getnext().text for link in page.xpath("//ul[@class='links']//a")}
    assert listed == {"People killed, of Russia: what each side says (all so far)": "3 figures, 3 disputes"}


def test_charts_are_of_the_schema(exported: Path) -> None:
    specs = [json.loads(told.text) for _, page in pages(exported) for told in page.xpath("//script[@class='spec']")]
    assert {next(iter(spec["datasets"])) for spec in specs} >= {"entries", "figures", "offers"}
    for spec in specs:
        alt.Chart.from_dict(spec, validate=True)
    with pytest.raises(ValidationError):
        alt.Chart.from_dict({**specs[0], "height": "tall"}, validate=True)


def test_the_report_of_the_checks_lies_beside_it(exported: Path, home: Path) -> None:
    page = html.parse(exported / "sources.html")
    (link,) = page.xpath("//a[text()='The report of Great Expectations']")
    assert (exported / link.get("href")).read_bytes() == (home / "current" / "validation" / "index.html").read_bytes()
    assert "Verdict: all checks passed" in page.getroot().text_content()
    assert "too short 1" in page.getroot().text_content()  # of the day


def test_text_is_shown_only_where_it_may_be(exported: Path) -> None:
    everything = "".join(
        path.read_text(encoding="utf-8")
        for path in exported.rglob("*")
        if path.suffix in {".html", ".js", ".csv"} and path.name != "vega.js"
    )
    assert "It was a long day." in everything
    assert "Word30 stands here." in everything  # of the gazette
    wire = (path for path in (exported / "claim").iterdir() if "wire.example" in path.read_text(encoding="utf-8"))
    shown = next(wire).read_text(encoding="utf-8")
    assert "at least 2,000 Russian soldiers" in shown
    assert "only the sentence and its surroundings" in shown
    assert not any((exported / "data").glob("articles.*"))


def test_data_files_say_where_they_come_from(exported: Path, home: Path) -> None:
    told = pq.read_table(io.BytesIO((exported / "data" / "timeline.parquet").read_bytes()))
    assert b"edition 2" in told.schema.metadata[b"claimledger_source"]
    assert told.num_rows == query(home, "SELECT count(*) AS n FROM timeline").table.to_pylist()[0]["n"]
    assert (exported / "data" / "timeline.csv").read_text(encoding="utf-8").startswith("# source: Claimledger, edition 2")


def test_as_known_exports_that_day(reader: Reader, tmp_path: Path) -> None:
    site.export(reader, tmp_path / "site", known=date(2026, 3, 2))
    index = (tmp_path / "site" / "data" / "search.js").read_text(encoding="utf-8")
    assert KYIV in index
    assert LATER not in index


def test_the_same_edition_gives_the_same_bytes(reader: Reader, tmp_path: Path) -> None:
    for name in ("a", "b"):
        site.export(reader, tmp_path / name)
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert [(tmp_path / "a" / one).read_bytes() == (tmp_path / "b" / one).read_bytes() for one in files] == [True] * len(files)


def test_it_writes_over_an_export_and_nothing_else(reader: Reader, tmp_path: Path) -> None:
    site.export(reader, tmp_path / "site")
    stale = tmp_path / "site" / "claim" / "stale.html"
    stale.write_text("an entry of an older edition")
    site.export(reader, tmp_path / "site")
    assert not stale.exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep")
    with pytest.raises(Misuse, match="no earlier export"):
        site.export(reader, tmp_path / "mine")
