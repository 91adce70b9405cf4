-- Which pages told other figures after an edit, and what do they say now?
select
    article_revisions.canonical_url,
    article_revisions.revision,
    article_revisions.chars_added,
    article_revisions.chars_removed,
    article_revisions.statements_changed,
    casualty_claims.claimant,
    casualty_claims.party as whose_loss,
    casualty_claims.measure,
    casualty_claims.low,
    casualty_claims.high,
    casualty_claims.quote
from article_revisions
inner join casualty_claims on article_revisions.article_id = casualty_claims.article_id
where article_revisions.statements_changed > 0
order by
    article_revisions.canonical_url, article_revisions.revision, casualty_claims.char_start, casualty_claims.claim_id
