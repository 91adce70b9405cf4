{# A night makes anew what changed since the last edition: the rows of the articles, or of the groups, that staging
   names, and the disputes around them. A model's `unique_key` says which; a table made whole reads everything. #}

{% macro changed_keys(column) -%}
    {%- if column in ('group_id', 'entry_id') -%}
        (select changed.group_id from {{ ref('stg_changed_groups') }} as changed)
    {%- elif column == 'dispute_id' -%}
        (select changed.dispute_id from {{ changed_disputes(this, this, ref('casualty_claims')) }} as changed)
    {%- else -%}
        (select changed.{{ column }} from {{ ref('stg_changed_articles') }} as changed)
    {%- endif -%}
{%- endmacro %}


{# The rows of `relation` whose `column` is among `keys`. Those of few keys stand anywhere in a table, and a scan would
   unpack every column of it; so a look at the one column finds them, and they alone are read. A view has no row ids,
   unless it shows those of its table in a column `row_id`. #}
{% macro rows_among(relation, column, keys, row_id=none) -%}
    {%- set there = load_relation(relation) -%}
    {%- set row_id = row_id or ('rowid' if there is not none and there.is_table) -%}
    {%- if row_id -%}
        (
            select * from {{ relation }}
            where
                {{ row_id }} in (
                    select found.{{ row_id }} from {{ relation }} as found where found.{{ column }} in {{ keys }}
                )
        )
    {%- else -%}
        (select * from {{ relation }} where {{ column }} in {{ keys }})
    {%- endif -%}
{%- endmacro %}


{# The rows of `relation` that are made anew; `column` names the article or the group. #}
{% macro changed_rows(relation, column) -%}
    {%- set keys = changed_keys(column) -%}
    {%- if is_incremental() -%}
        {{ rows_among(relation, column, keys) }}
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}


{# The incremental strategy `changed`: what there was of it goes, what the model gives comes. #}
{% macro get_incremental_changed_sql(given) -%}
    {%- set columns = get_quoted_csv(given['dest_columns'] | map(attribute='name')) -%}
    delete from {{ given['target_relation'] }}
    where {{ given['unique_key'] }} in {{ changed_keys(given['unique_key']) }};
    insert into {{ given['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ given['temp_relation'] }}
{%- endmacro %}


{# The incremental strategy `anew`: a night's rows stand in the place of the rows of the night before. #}
{% macro get_incremental_anew_sql(given) -%}
    {%- set columns = get_quoted_csv(given['dest_columns'] | map(attribute='name')) -%}
    delete from {{ given['target_relation'] }};
    insert into {{ given['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ given['temp_relation'] }}
{%- endmacro %}
