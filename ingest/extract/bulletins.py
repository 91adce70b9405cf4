"""In: an article. Out: who speaks for figures that stand apart from their source: in a bulletin, by a line "Source: …", by the title."""

from __future__ import annotations

import re

from ingest.extract.attribution import COLON, Credit, credit_of, credits_in
from ingest.extract.context import Context
from ingest.extract.speakers import run_right
from ingest.extract.tokens import word_set
from ingest.extract.wars import are_at_war
from ingest.records import ArticleText

BULLETIN_WITHIN = 15  # sentences
_SOURCE_LINE = re.compile(r"^Sources?: ", re.MULTILINE)
_TITLE_PAPER = re.compile(r"w[ob](?=d?[AULR])")
_BULLETINS = word_set("summary report update briefing bulletin statement review information")


def bulletin(context: Context, index: int, party: str | None) -> Credit | None:
    """Who goes on telling of the losses of `party`, his enemy: a bulletin names its source once, paragraphs ahead."""
    for back in range(index - 1, max(-1, index - BULLETIN_WITHIN), -1):
        found = [c for c in credits_in(context, back) if c.name and not c.denies]
        if found:
            return found[-1] if are_at_war(found[-1].party, party) else None
    return None


def of_article(context: Context) -> Credit | None:
    """Who speaks in an article that credits its figures apart from them: by a line 'Source: …', else by a title as 'General Staff: enemy
    losses', 'Daily summary of the Russian Defence Ministry'."""
    return context.memo("of_article", lambda: _of_source_line(context) or _of_title(context))


def _of_source_line(context: Context) -> Credit | None:
    """'Source: General Staff of the Armed Forces of Ukraine on Facebook', a line of its own."""
    for match in _SOURCE_LINE.finditer(context.text):
        index = context.sentence_at(match.start())
        tagged = context.tagged(index)
        at = tagged.tags.find(":") + 1
        span = run_right(tagged, at) if at else None
        credit = credit_of(context, index, span, 0) if span is not None else None
        if credit is not None and credit.name and credit.party:
            return credit._replace(said=None, denies=False)
    return None


def _of_title(context: Context) -> Credit | None:
    told = range(min(len(context.sentences), BULLETIN_WITHIN))
    if not context.article.title or any(credit.name for index in told for credit in credits_in(context, index)):
        return None
    title = Context(ArticleText(text=f"{context.article.title}\n\n{context.text}", published_on=context.article.published_on))
    tagged = title.tagged(0)
    colon = COLON.match(tagged.tags)
    paper = next((m for m in _TITLE_PAPER.finditer(tagged.tags) if tagged.chunks[m.start()].text.lower() in _BULLETINS), None)
    span = (0, colon.end() - 2) if colon else run_right(tagged, paper.end()) if paper else None
    credit = credit_of(title, 0, span, 0) if span is not None else None
    return credit._replace(said=None) if credit is not None and credit.party else None
