"""In: a sentence in its article. Out: whether its words may offer something, and whether a scene of offering may open with it."""

from __future__ import annotations

import re

from ingest.extract.context import Context
from ingest.extract.memory import Judged
from ingest.extract.tokens import word_set

VERBS = re.compile(  # for text in lower case
    r"\b(?:(?:count|counts|counted) on|giving|offer(?:s|ed|ing)?|promis(?:es|ed|ing|e)|guarantee(?:s|d|ing)?|pledg(?:es|ed|ing|e)"
    r"|reward(?:s|ed|ing)?|bount(?:y|ies)"
    r"|(?:will|would|to|can|could|may|shall) (?:also |now |not |each |then )?(?:receive|obtain|get|earn|pay|bring|find"
    r"|apply for|claim|be (?:able to (?:get|obtain|apply)|rehabilitated|reintegrated|trained|paid|granted|given|offered|treated"
    r"|pardoned|prosecuted|punished|exchanged|included|sent|forced|extradited|held|released|provided"
    r"|eligible|entitled|allowed)|grant|have|keep|not face)"
    r"|(?:receives?|obtains?|gets?|earns?|pays?|gives?|gave|grants?|granted|adds?|awards?|paid|expect)(?= )"
    r"|(?:has|have) (?:their|his) (?:\w+ ){1,3}?(?:wiped|expunged|cancell?ed|cleared|quashed|erased)"
    r"|paying|(?:is|are) worth|brings|fetch(?:es)?"
    r"|(?:being|is|are|was|were) (?:paid|promised|offered|guaranteed|granted|given|handed)"
    r"|salar(?:y|ies)|wages? of|bonus(?:es)?|in exchange for"
    r"|in return for|entitled to|eligible for|qualify for|issued an? (?:\w+ )?(?:amnesty|pardon)|pardon(?:s|ed|ing)?|grant(?:ed|ing|s)?"
    r"|amnesty (?:and|program|programme|for|to|decree|law)|(?:declared|announced|proclaimed|approved|decreed) an? (?:\w+ )?amnesty"
    r"|(?:rid|freed|relieved|spared) (?:of|from)|(?:is|are) due|(?:be|is|are) spared|lift(?:ed|s) criminal|freed\b.{0,40}? from criminal"
    r"|(?:will|would|may|can) (?:\w+ )?(?:stay|remain|be (?:let|freed|spared|protected|resettled|cancell?ed|restored|resumed))|may apply"
    r"|go(?:es)? to (?:an?|any|each|every|the|those|whoever)|trade in|will (?:go|fetch|bring)"
    r"|fast-track\w*|simplif\w+|speed(?:s|ed|ing)? up|eas(?:es|ed|ing)|open(?:s|ed|ing)? the way"
    r"|pric(?:e|es|ed) (?:list|tag|on)|(?:set|sets|fixed) the payment|(?:stands?|starts?|begins?|fixed|set) at"
    r"|(?:assures?|assured|tariff|restored|reckon with)"
    r"|compensation|payments? (?:of|that|to|for)|is paid|are paid|doubl\w+|increas\w+|rais(?:ed|es|ing)|introduc\w+)\b"
)
_MAY_OFFER = word_set(  # the words of which `VERBS` needs one: asked before the sentence is read
    "offer offers offered offering promise promises promised promising guarantee guarantees guaranteed guaranteeing pledge"
    " pledges pledged pledging reward rewards rewarded rewarding bounty bounties receive receives get gets earn earns pay"
    " pays paying paid obtain obtains bring give gives gave given grant grants granted granting add adds award awards salary salaries wage"
    " wages bonus bonuses exchange return entitled eligible qualify count counts giving find amnesty pardon pardons pardoned"
    " pardoning compensation payment payments treated prosecuted punished exchanged expect included sent forced extradited"
    " held released provided allowed have worth brings fetch fetches apply claim handed rid freed relieved spared due lifted lifts stay"
    " keep face able rehabilitated reintegrated trained remain let protected resettled cancelled canceled restored resumed"
    " assures assured tariff assure reckon fast-track fast-tracks fast-tracked fast-tracking simplify simplifies simplified simplifying"
    " speed speeds speeding sped eases eased easing opens opened opening price prices priced set sets fixed stand stands start starts"
    " begins goes trade go"
)
_CHANGES = ("doubl", "increas", "raise", "raising", "introduc")
_OPENS = re.compile(  # for text in lower case
    r"\b(?:offer\w*|promis\w*|pledg\w*|reward\w*|bount\w+|bonus\w*|pay|pays|paid|paying|payments?|salar\w+|receive|get|amnest\w+|pardon\w*"
    r"|incentiv\w+|benefits?|compensat\w+|entitled|eligible|guarantee\w*|programme|program|scheme|package|terms|tariff"
    r"|price (?:list|tag))\b"
)
_TELL_CHANGE = Judged(lambda word: word.startswith(_CHANGES))
_OPENING = Judged(lambda word: word == "price" or _OPENS.match(word) is not None)


def offering_words(context: Context) -> frozenset[str]:
    """The words of which a sentence that offers has one."""
    return _MAY_OFFER | context.words_that(_TELL_CHANGE)


def opens(context: Context, index: int) -> bool:
    """The sentence has words of offering with which a scene may open."""
    sentence = context.sentences[index]
    is_likely = not context.words[index].isdisjoint(context.words_that(_OPENING))
    return is_likely and _OPENS.search(context.lowered, sentence.start, sentence.end) is not None
