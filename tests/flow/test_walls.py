"""Challenges in the place of pages: counted under one name, asked for again, never taken for news."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ingest import flow
from ingest.events import EventType
from ingest.pending import MAX_TRIES
from ingest.sources import Source
from tests.flow.test_servers import Answer, feed, house_at, page, served, source, told

__all__ = ["source"]

SMALL_PRINT = (
    "<p>This website uses a security service to protect itself from online attacks. The action you just performed triggered it. " * 4
)


def challenge(title: str, text: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body><h1>{title}</h1><p>{text}</p></body></html>".encode()


# As firewalls write them, in words of the tests' own where the original is long.
WORDS = {
    "just a moment": ("Just a moment...", "Enable JavaScript and cookies to continue."),
    "blocked": ("news.example", "Sorry, you have been blocked. Cloudflare Ray ID: 8f2."),
    "security": ("news.example", "news.example needs to review the security of your connection before proceeding."),
    "hold": ("Access to this page has been denied", "Press &amp; Hold to confirm you are a human (and not a bot)."),
    "interruption": ("Pardon Our Interruption", "Something about your browser made us think you were a bot."),
    "incident": ("", "Request unsuccessful. Incapsula incident ID: 443-12."),
    "traffic": ("Sorry", "Our systems have detected unusual traffic from your computer network."),
    "captcha": ("Security check", "Complete the CAPTCHA to go on reading."),
    "russian": ("Проверка", "Подтвердите, что вы не робот, чтобы продолжить чтение."),
}
WALLS: dict[str, Answer] = {
    **{name: (200, {}, challenge(title, text + SMALL_PRINT)) for name, (title, text) in WORDS.items()},
    "accepted": (202, {}, page()),
    "accepted and empty": (202, {}, b""),
    "header": (200, {"cf-mitigated": "challenge"}, page()),
    "header at 403": (403, {"cf-mitigated": "challenge"}, page()),
    "waf": (200, {"x-amzn-waf-action": "captcha"}, page()),
}


def web(answers: dict[str, Answer]) -> Any:
    """One host per page, so that a series of challenges stops none of the others."""

    def answer(path: str) -> Answer:
        return answers.get(path, (404, {}, b""))

    return answer


@pytest.mark.parametrize("name", WALLS)
def test_a_challenge_is_counted_and_is_no_article(name: str, tmp_path: Path, source: Source) -> None:
    with served(web({"/rss": feed("/wall"), "/wall": WALLS[name]})) as port:
        house = house_at(tmp_path, port)
        flow.gather(house, [source], "one")
    reasons = [p["reason"] for p in told(house, EventType.CAPTURE_FAILED) + told(house, EventType.CAPTURE_REJECTED)]
    assert reasons == ["bot_wall"]
    assert not told(house, EventType.ARTICLE_CLEANED)


@pytest.mark.parametrize("name", ["just a moment", "accepted"])
def test_a_page_behind_a_wall_is_asked_for_again_and_read_when_the_wall_is_gone(name: str, tmp_path: Path, source: Source) -> None:
    answers = {"/rss": feed("/a"), "/a": WALLS[name]}
    with served(web(answers)) as port:
        house = house_at(tmp_path, port)
        flow.gather(house, [source], "one")
        flow.gather(house, [source], "two")
        answers["/a"] = (200, {}, page())
        flow.gather(house, [source], "three")
    assert len(told(house, EventType.ARTICLE_CLEANED)) == 1
    assert len(told(house, EventType.CAPTURE_FAILED) + told(house, EventType.CAPTURE_REJECTED)) == 2


def test_a_wall_that_stays_is_left_alone_after_some_visits(tmp_path: Path, source: Source) -> None:
    asked: Counter[str] = Counter()

    def answer(path: str) -> Answer:
        asked[path] += 1
        return {"/rss": feed("/a"), "/a": WALLS["captcha"]}.get(path, (404, {}, b""))

    with served(answer) as port:
        house = house_at(tmp_path, port)
        for number in range(MAX_TRIES + 3):
            flow.gather(house, [source], f"run{number}")
    assert asked["/a"] == MAX_TRIES


def test_three_challenges_in_a_row_end_the_visit(tmp_path: Path, source: Source) -> None:
    paths = [f"/{n}" for n in range(8)]
    with served(web({"/rss": feed(*paths), **dict.fromkeys(paths, WALLS["accepted"])})) as port:
        house = house_at(tmp_path, port)
        flow.gather(house, [source], "one")
    assert Counter(p["reason"] for p in told(house, EventType.CAPTURE_FAILED)) == {"bot_wall": 3, "host_stopped": 5}


def test_a_listing_behind_a_wall_is_a_failure_and_no_empty_feed(tmp_path: Path, source: Source) -> None:
    with served(web({"/rss": WALLS["accepted"]})) as port:
        house = house_at(tmp_path, port)
        assert flow.gather(house, [source], "one")["errors"]
    assert [p["reason"] for p in told(house, EventType.CAPTURE_FAILED)] == ["bot_wall"]


NEWS = [
    ("Robot or human? Army tests drones that choose", "The ministry wants to know whether a robot or a human gives the order. "),
    ("Just a moment of silence in Keld", "A moment of silence was held for the dead. "),
    ("Security check at the border", "Guards were told to make sure that travellers verify you are a human being, as one put it. "),
    ("Captcha firm fined", "Visitors had to confirm you are not a robot, the court heard, and solve the captcha again and again. "),
]


@pytest.mark.parametrize(("title", "sentence"), NEWS)
def test_news_about_walls_is_news(title: str, sentence: str, tmp_path: Path, source: Source) -> None:
    head = f"<head><title>{title} and more</title></head>"
    body = f"<html lang=en>{head}<body><article><h1>{title}</h1><p>{sentence * 30}</p></article></body></html>"
    with served(web({"/rss": feed("/a"), "/a": (200, {}, body.encode())})) as port:
        house = house_at(tmp_path, port)
        flow.gather(house, [source], "one")
    assert len(told(house, EventType.ARTICLE_CLEANED)) == 1
