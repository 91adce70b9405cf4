-- How often does each side tell of its own losses, and how often of the other's?
with told as (
    select distinct
        group_id,
        claimant_party,
        party
    from casualty_claims
    where claimant_party in ('UA', 'RU') and party in ('UA', 'RU')
)

select
    claimant_party,
    count(*) filter (party = claimant_party) as of_its_own_losses,
    count(*) filter (party != claimant_party) as of_the_losses_of_the_other,
    round(count(*) filter (party = claimant_party) / count(*), 2) as share_of_its_own
from told
group by claimant_party
order by claimant_party
