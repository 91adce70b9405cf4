{# One neutral template per kind, from the fields alone; never the outlet's title. #}

{% macro words(column, labels, otherwise) -%}
    {%- set cases = [] -%}
    {%- for value, label in labels.items() -%}
        {%- do cases.append("when '" ~ value ~ "' then '" ~ label ~ "'") -%}
    {%- endfor -%}
    case {{ column }} {{ cases | join(' ') }} else {{ otherwise }} end
{%- endmacro %}


{# "about 5", "at least 9,166", "up to 300", "10 to 12" #}
{% macro number_words(low, high, qualifier) -%}
    case
        when {{ low }} = {{ high }}
            then case {{ qualifier }} when 'about' then 'about ' else '' end || format('{:,}', {{ low }})
        when {{ high }} is null and {{ low }} is null then 'an unstated number of'
        when {{ high }} is null then 'at least ' || format('{:,}', {{ low }})
        when {{ low }} is null then 'up to ' || format('{:,}', {{ high }})
        else format('{:,} to {:,}', {{ low }}, {{ high }})
    end
{%- endmacro %}


{% macro counted_noun(category, population, is_single) -%}
    {%- set many = {
        'tank': 'tanks', 'armoured_vehicle': 'armoured vehicles', 'artillery': 'artillery systems',
        'mlrs': 'multiple rocket launchers', 'air_defence': 'air defence systems', 'aircraft': 'aircraft',
        'helicopter': 'helicopters', 'drone': 'drones', 'missile': 'missiles', 'ship': 'ships', 'vehicle': 'vehicles',
        'other': 'pieces of equipment'
    } -%}
    {%- set one = {
        'tank': 'tank', 'armoured_vehicle': 'armoured vehicle', 'artillery': 'artillery system',
        'mlrs': 'multiple rocket launcher', 'air_defence': 'air defence system', 'aircraft': 'aircraft',
        'helicopter': 'helicopter', 'drone': 'drone', 'missile': 'missile', 'ship': 'ship', 'vehicle': 'vehicle',
        'other': 'piece of equipment'
    } -%}
    {%- set people = {
        'military': 'military personnel', 'civilian': 'civilians', 'foreign_fighters': 'foreign fighters'
    } -%}
    {%- set person = {
        'military': 'member of the military', 'civilian': 'civilian', 'foreign_fighters': 'foreign fighter'
    } -%}
    case
        when {{ category }} = 'personnel' and {{ is_single }} then {{ words(population, person, "'person'") }}
        when {{ category }} = 'personnel' then {{ words(population, people, "'people'") }}
        when {{ is_single }} then {{ words(category, one, category) }}
        else {{ words(category, many, category) }}
    end
{%- endmacro %}


{# "General Staff: at least 9,166 military personnel of Russia killed" #}
{% macro claim_headline(claim, party) -%}
    {%- set is_single = '(' ~ claim ~ '.low = 1 and ' ~ claim ~ '.high = 1)' -%}
    coalesce({{ claim }}.claimant, {{ claim }}.outlet, {{ claim }}.source) || ': '
    || {{ number_words(claim ~ '.low', claim ~ '.high', claim ~ '.qualifier') }} || ' '
    || {{ counted_noun(claim ~ '.category', claim ~ '.population', is_single) }}
    || coalesce(' (' || {{ claim }}.subject || ')', '')
    || coalesce(' of ' || coalesce({{ party }}.name, {{ claim }}.party), '')
    || case {{ claim }}.measure when 'casualties' then ' counted as casualties' else ' ' || {{ claim }}.measure end
{%- endmacro %}


{% macro money_words(amount) -%}
    case
        when {{ amount }} = floor({{ amount }}) then format('{:,.0f}', {{ amount }})
        else format('{:,.2f}', {{ amount }})
    end
{%- endmacro %}


{# "Ministry of Defence: offers 400,000 to 1,000,000 RUB (pay, per month) to volunteers for enlisting" #}
{% macro offer_headline(offer, offeror, audience) -%}
    {%- set verbs = {'raised': 'raises', 'cut': 'cuts', 'withdrawn': 'withdraws'} -%}
    {%- set benefits = {'other': 'a benefit'} -%}
    {%- set acts = {
        'surrender': ' for surrender', 'defect': ' for defection', 'hand_over_equipment': ' for handing over equipment',
        'enlist': ' for enlisting', 'serve': ' for service', 'ceasefire': ' for a ceasefire',
        'release_prisoners': ' for the release of prisoners', 'inform': ' for information'
    } -%}
    coalesce(
        {{ offer }}.offeror, {{ offer }}.announced_by, {{ offeror }}.name, {{ offer }}.offeror_party,
        {{ offer }}.outlet, {{ offer }}.source
    )
    || ': ' || {{ words(offer ~ '.status', verbs, "'offers'") }} || ' '
    || case
        when {{ offer }}.amount is null then {{ words(offer ~ '.benefit', benefits, offer ~ '.benefit') }}
        else
            case
                when {{ offer }}.amount_low < {{ offer }}.amount then {{ money_words(offer ~ '.amount_low') }} || ' to '
                else ''
            end
            || {{ money_words(offer ~ '.amount') }} || coalesce(' ' || {{ offer }}.currency, '')
            || ' (' || {{ words(offer ~ '.benefit', benefits, offer ~ '.benefit') }}
            || coalesce(', per ' || nullif({{ offer }}.per, 'once'), '') || ')'
    end
    || coalesce(
        ' to '
        || coalesce({{ offer }}.audience, 'people of ' || coalesce({{ audience }}.name, {{ offer }}.audience_party)),
        ''
    )
    || {{ words(offer ~ '.action', acts, "''") }}
{%- endmacro %}


{# "Ministry of Defence: announcement on mobilisation (Telegram)" #}
{% macro announcement_headline(announcement) -%}
    {%- set topics = {
        'mobilisation': ' on mobilisation', 'surrender_or_amnesty': ' on surrender or amnesty',
        'recruitment': ' on recruitment',
        'pay': ' on pay', 'law_or_penalty': ' on a law or penalty', 'sanctions': ' on sanctions',
        'military_aid': ' on military aid',
        'ceasefire_or_talks': ' on a ceasefire or talks', 'evacuation': ' on evacuation',
        'operation': ' on an operation',
        'prisoners': ' on prisoners'
    } -%}
    {{ announcement }}.announcer || ': announcement' || {{ words(announcement ~ '.topic', topics, "''") }}
    || coalesce(' (' || {{ announcement }}.channel || ')', '')
{%- endmacro %}
