-- Which figures can no longer be read where they stood, because the page is gone?
select
    articles.url,
    articles.title,
    casualty_claims.claimant,
    casualty_claims.party as whose_loss,
    casualty_claims.measure,
    casualty_claims.low,
    casualty_claims.high,
    casualty_claims.quote
from articles
inner join casualty_claims on articles.article_id = casualty_claims.article_id
where articles.is_gone
order by articles.url, casualty_claims.char_start, casualty_claims.claim_id
