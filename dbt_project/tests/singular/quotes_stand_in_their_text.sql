-- Every quote there ever was is the text from char_start to char_end, and its surroundings touch it; what was withdrawn
-- has none. Asked of what is made anew: the rest was when it was made.
with statements as (
    select * from {{ rows_among(ref('int_statements__versioned'), 'article_id', changed_keys('article_id')) }}
),

texts as (
    select * from {{ rows_among(ref('stg_texts'), 'text_digest', '(select statements.text_digest from statements)', 'row_id') }}
)

select
    statements.statement_id,
    statements.quote
from statements
left join texts on statements.text_digest = texts.text_digest
where
    (statements.is_withdrawn and concat(statements.quote, statements.quote_prefix, statements.quote_suffix) != '')
    or (
        not statements.is_withdrawn
        and (
            texts.text is null
            or statements.quote is null
            or substring(texts.text, statements.char_start + 1, statements.char_end - statements.char_start)
            != statements.quote
            or not contains(texts.text, statements.quote_prefix || statements.quote || statements.quote_suffix)
        )
    )
