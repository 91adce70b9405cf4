"""In: the app without a browser. Out: every page shows what it should, filters stand in the address, a new edition comes by itself."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ingest import flow
from ingest.editions import CURRENT, DATABASE, FAILED
from ingest.read import query
from ingest.settings import Settings
from tests.explorer.conftest import KYIV, LATER, MOSCOW, PAY, ROOT

Open = Callable[..., AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch, home: Path) -> Open:
    def opened(page: str = "timeline", at: Path = home, **query: str) -> AppTest:
        monkeypatch.setenv("CLAIMLEDGER_HOME", str(at))
        app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        if page != "timeline":
            app.switch_page(f"screens/{page}.py")
            for name, value in query.items():
                app.query_params[name] = value
            app.run()
        assert [one.value for one in app.exception] == []
        assert "This page broke" not in body(app)
        return app

    return opened


def body(app: AppTest) -> str:
    return "\n".join(one.proto.body for one in app.get("html"))


@pytest.mark.parametrize("page", ["timeline", "compare", "offers", "evidence", "changes", "sources", "sql"])
def test_every_page_tells_edition_time_and_verdict(open_page: Open, page: str) -> None:
    assert "Edition 2 · published 5 March 2026, 04:00 UTC" in body(open_page(page))
    assert "all checks passed" in body(open_page(page))


def test_a_filter_in_the_address_is_the_filter_of_the_page(open_page: Open) -> None:
    app = open_page(kinds="offer")
    assert [one.value for one in app.header] == ["1 entry, newest first"]
    assert PAY in body(app)
    assert LATER not in body(app)


def test_a_filter_is_applied(open_page: Open) -> None:
    app = open_page()
    app.text_input(key="text").set_value("Moscow").run()
    assert [one.value for one in app.header] == ["1 entry, newest first"]
    assert "498" in body(app)


def test_what_fits_nothing_says_what_to_do(open_page: Open) -> None:
    (told,) = open_page(text="no such word").info
    assert "Take one away" in told.value


@pytest.mark.parametrize(
    ("page", "asked", "told"),
    [
        ("timeline", {"parties": "Russia"}, "parties=“Russia”, which names nothing here and was left out. Right would be: RU (Russia), "),
        ("timeline", {"kinds": "Offers"}, "Right would be: offer (Offers), "),
        ("timeline", {"speakers": "<img src=x>"}, "speakers=“&lt;img src=x&gt;”, which names nothing here"),
        ("timeline", {"since": "yesterday"}, "Right would be: a day from 2026-03-01 (1 March 2026) to 2026-03-03 (3 March 2026)."),
        ("timeline", {"at_least": "0"}, "Right would be: a whole number from 1."),
        ("timeline", {"p": "9"}, "Right would be: a whole number from 1 to 1."),
        ("timeline", {"known": "2026-03-09"}, "Right would be: a day from 2026-03-02 (2 March 2026) to 2026-03-05 (5 March 2026)."),
        ("timeline", {"party": "UA"}, "The address sets “party”, which this page does not have"),
        ("compare", {"measure": "Killed"}, "Right would be: killed (Killed)."),
        ("compare", {"parties": "UA"}, "Right would be: RU (Russia)."),
        ("compare", {"log": "no"}, "Right would be: true or false."),
        ("offers", {"actions": "surrender"}, "Right would be: hand_over_equipment (Handing over equipment)."),
        ("offers", {"currency": "EUR"}, "Right would be: USD, stated-USD (USD, as stated)."),
        ("changes", {"b": "7"}, "Right would be: 2 (2, 5 Mar 2026, 04:00 UTC), 1 (1, 2 Mar 2026, 04:00 UTC)."),
        ("sources", {"source": "nobody"}, "Right would be: gazette"),
        ("sql", {"table": "claims"}, "Right would be: claim_series"),
    ],
)
def test_a_value_that_names_nothing_is_told_with_what_would_have_been_right(
    open_page: Open, page: str, asked: dict[str, str], told: str
) -> None:
    app = open_page(page, **asked)
    assert told in body(app)
    assert "names nothing here" in body(app) or "does not have" in body(app)
    assert "Edition 2 ·" in body(app.run())
    assert told in body(app)  # as long as it stands in the address


def test_a_filter_that_is_set_stands_in_the_address_by_its_code(open_page: Open) -> None:
    app = open_page()
    app.multiselect(key="parties").set_value(["RU"]).run()
    app.date_input(key="since").set_value(date(2026, 3, 2)).run()
    app.number_input(key="at_least").set_value(1).run()
    assert app.query_params == {"parties": "RU", "since": "2026-03-02"}
    app.multiselect(key="parties").set_value([]).run()
    assert app.query_params == {"since": "2026-03-02"}


FILTERS = {  # what the address may say of every filter there is, and the value that its widget then has
    "timeline": {
        "text": ("Kyiv", "Kyiv"),
        "kinds": ("offer", ["offer"]),
        "since": ("2026-03-01", date(2026, 3, 1)),
        "until": ("2026-03-02", date(2026, 3, 2)),
        "parties": ("UA", ["UA"]),
        "speakers": ("Kyiv", ["Kyiv"]),
        "topics": ("pay", ["pay"]),
        "measures": ("killed", ["killed"]),
        "sources": ("gazette", ["gazette"]),
        "at_least": ("2", 2),
        "known": ("2026-03-02", date(2026, 3, 2)),
    },
    "compare": {
        "measure": ("killed", "killed"),
        "category": ("personnel", "personnel"),
        "period": ("cumulative", "cumulative"),
        "parties": ("RU", ["RU"]),
        "population": ("military", "military"),
        "since": ("2026-03-01", date(2026, 3, 1)),
        "until": ("2026-03-03", date(2026, 3, 3)),
        "log": ("false", False),
    },
    "offers": {
        "parties": ("UA", ["UA"]),
        "actions": ("hand_over_equipment", ["hand_over_equipment"]),
        "audiences": ("RU", ["RU"]),
        "since": ("2026-03-01", date(2026, 3, 1)),
        "until": ("2026-03-03", date(2026, 3, 3)),
        "currency": ("stated-USD", "stated-USD"),
    },
    "changes": {"b": ("1", 1), "a": ("2", 2)},
    "sources": {"source": ("wire", "wire")},
    "sql": {"sql": ("SELECT 1", "SELECT 1"), "table": ("offers", "offers")},
}


@pytest.mark.parametrize("page", FILTERS)
def test_every_filter_of_every_page_lives_in_the_address(open_page: Open, page: str) -> None:
    screen = (ROOT / "explorer" / "screens" / f"{page}.py").read_text(encoding="utf-8")
    named = set(re.findall(r'address\.\w+\(\s*"[^"]+",\s*"(\w+)"', screen))
    named |= {"since", "until"} if "address.days(" in screen else set()
    assert named - {"p"} <= set(FILTERS[page])  # a new filter must come here too
    app = open_page(page, **{name: text for name, (text, _) in FILTERS[page].items()})
    shown = {name: app.get_by_key(name).value for name in FILTERS[page]}
    assert shown == {name: value for name, (_, value) in FILTERS[page].items()}
    assert "names nothing here" not in body(app)


def test_everybody_s_losses_stand_in_the_address_too(open_page: Open) -> None:
    app = open_page("compare")
    assert app.multiselect(key="parties").value == ["RU"]
    app.multiselect(key="parties").set_value([]).run()
    assert app.query_params == {"parties": ""}
    assert app.multiselect(key="parties").value == []


def test_as_known_shows_the_figure_of_that_day(open_page: Open) -> None:
    app = open_page(known="2026-03-02")
    assert "as known on 2 March 2026" in body(app)
    assert "5,300" in body(app)
    assert "5,710" not in body(app)


def test_what_changed_goes_back_to_the_edition_that_stood_that_day(open_page: Open) -> None:
    (told,) = open_page("changes", known="2026-03-04").info
    assert "stood on 4 March 2026 and one before it are not kept" in told.value
    assert [one.value for one in open_page("changes", known="2026-03-05").header] == ["Edition 2 against edition 1"]


def test_sources_end_with_the_day(open_page: Open) -> None:
    def row(app: AppTest) -> str:
        return re.findall(r"<tr><td>Gazette</td>.*?</tr>", body(app))[0]

    now, then = open_page("sources"), open_page("sources", known="2026-03-02")
    assert row(now) != row(then)
    assert "days up to then" in then.caption[0].value


def test_sql_names_mean_what_was_known_that_day(open_page: Open) -> None:
    text = "SELECT low FROM casualty_claims WHERE claimant = 'General Staff'"
    for known, low in (("2026-03-04", 5300), ("2026-03-05", 5710)):
        app = open_page("sql", known=known, sql=text)
        app.button(key="run").click().run()
        assert app.dataframe[-1].value["low"].tolist() == [low]


def test_compare_opens_the_sentence_in_the_address(open_page: Open, home: Path) -> None:
    entry = query(home, "SELECT entry_id FROM timeline WHERE quote LIKE 'Moscow%'").table.to_pylist()[0]["entry_id"]
    app = open_page("compare", entry=entry)
    assert MOSCOW in body(app).replace("&#39;", "'")
    assert "×11" in body(app)


def test_evidence_shows_the_whole_history(open_page: Open, home: Path) -> None:
    old = query(home, "SELECT claim_id FROM casualty_claim_history WHERE low = 5300").table.to_pylist()[0]["claim_id"]
    shown = body(open_page("evidence", statement=old)).replace("&#39;", "'")
    assert KYIV in shown
    assert "Read in the article</strong>, known 2 March 2026, 04:00 UTC, told so until 5 March 2026, 04:00 UTC" in shown
    assert "the ledger does not tell this" in shown


def test_evidence_marks_the_sentence_in_the_text(open_page: Open, home: Path) -> None:
    entry = query(home, "SELECT group_id FROM casualty_claims WHERE low = 5710").table.to_pylist()[0]["group_id"]
    shown = body(open_page("evidence", entry=entry)).replace("&#39;", "'")
    assert f'<mark class="cl-own" id="sentence">{LATER}</mark>' in shown
    assert f">{PAY}</a>" in shown


def test_an_unknown_entry_is_no_error(open_page: Open) -> None:
    (told,) = open_page("evidence", entry="nothing").info
    assert "no such entry" in told.value


def test_what_changed_is_what_the_command_prints(open_page: Open, home: Path) -> None:
    told = flow.diff_editions(flow.open_house(flow.read_only(Settings(home=home))), 1, 2)
    shown = body(open_page("changes"))
    for name, one in told["tables"].items():
        assert f'<td>{name}</td><td class="cl-number">{one["added"]}</td>' in shown


def test_sql_runs_only_when_asked_and_cannot_leave_the_edition(open_page: Open) -> None:
    app = open_page("sql", sql="SELECT count(*) AS entries FROM timeline")
    assert not app.dataframe or "entries" not in app.dataframe[-1].value.columns
    app.button(key="run").click().run()
    assert app.dataframe[-1].value["entries"].tolist() == [5]
    app.text_area(key="sql").set_value("SELECT * FROM read_text('/etc/passwd')").run()
    app.button(key="run").click().run()
    assert "root:" not in str(app)
    assert "no files, no network, no settings" in body(app)


def test_every_figure_of_a_chart_stands_in_words_too(open_page: Open) -> None:
    """Who sees no chart misses nothing: each mark has a name, and a table or list beside the chart the same figures."""
    app = open_page("compare", parties="")
    shown = body(app)
    for figure in ("5,710", "498", "at least 2,000"):
        assert f">{figure}</a>" in shown
    assert '<ul class="cl-legend" aria-label="Who says so">' in shown
    assert 'aria-label="Who offers"' in body(open_page("offers"))


def test_sources_tell_why_each_day_refused_what_it_did(open_page: Open) -> None:
    assert "<td>too short 1</td>" in body(open_page("sources", source="wire"))
    assert "<td>too short 1</td>" not in body(open_page("sources", source="gazette"))


@pytest.mark.parametrize("page", ["timeline", "compare", "offers", "evidence", "changes", "sources", "sql"])
def test_without_an_edition_it_says_what_to_do(open_page: Open, tmp_path: Path, page: str) -> None:
    told = body(open_page(page, at=tmp_path))
    assert f"nothing to show from {tmp_path}: no edition yet; run: claimledger build." in told


@pytest.fixture
def mine(home: Path, tmp_path: Path) -> Path:
    """A home to break."""
    return Path(shutil.copytree(home, tmp_path / "home", symlinks=True))


def test_an_edition_that_goes_away_under_it_is_told_and_comes_back(open_page: Open, mine: Path) -> None:
    app = open_page(at=mine)
    (mine / "editions" / "2").rename(mine / "elsewhere")
    assert "points to editions/2, which is no edition; run: claimledger editions list" in body(app.run())
    (mine / "elsewhere").rename(mine / "editions" / "2")
    database = mine / "editions" / "2" / DATABASE
    database.rename(mine / "elsewhere")
    assert "edition 2 cannot be opened; run: claimledger verify" in body(app.run())
    database.write_bytes(b"no database")
    assert "edition 2 cannot be opened; run: claimledger verify" in body(app.run())
    database.unlink()
    (mine / "elsewhere").rename(database)
    assert "Edition 2 ·" in body(app.run())


def test_an_error_of_its_own_is_a_sentence_and_goes_to_the_log(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = open_page()
    monkeypatch.setattr("explorer.questions.entry_counts", lambda *_: 1 / 0)
    assert "This page broke, which is an error of the explorer." in body(app.run())
    assert [one.value for one in app.exception] == []
    assert "ZeroDivisionError" in caplog.text


def test_a_build_that_failed_its_checks_is_told_with_its_report(open_page: Open, mine: Path) -> None:
    assert "did not pass its checks" not in body(open_page("sources", at=mine))
    (mine / FAILED).mkdir()
    (mine / FAILED / "index.html").write_text("<p>three rows are wrong</p>")
    app = open_page("sources", at=mine)
    assert "The last build did not pass its checks and published nothing" in body(app)
    assert [one.label for one in app.expander] == [
        "The report of the last build, which was not published",
        "The report of Great Expectations on edition 2",
    ]


def test_a_new_edition_comes_without_a_restart(open_page: Open, mine: Path) -> None:
    house = flow.open_house(flow.read_only(Settings(home=mine)))
    flow.use_edition(house, 1)
    app = open_page(at=mine)
    assert "Edition 1 ·" in body(app)
    flow.use_edition(house, 2)
    assert "Edition 2 ·" in body(app.run())
    assert (mine / CURRENT).readlink() == Path("editions/2")
