-- Where are two sides furthest apart on one loss, and in whose words?
select
    disputes.party as whose_loss,
    disputes.measure,
    disputes.category,
    disputes.period,
    disputes.as_of_a,
    disputes.claimant_party_a,
    disputes.low_a,
    disputes.as_of_b,
    disputes.claimant_party_b,
    disputes.low_b,
    round(disputes.gap_ratio, 2) as gap_ratio,
    a.quote as quote_a,
    b.quote as quote_b
from disputes
inner join timeline as a on disputes.group_id_a = a.entry_id
inner join timeline as b on disputes.group_id_b = b.entry_id
where disputes.gap_ratio >= 2
order by disputes.gap_ratio desc, disputes.dispute_id asc
