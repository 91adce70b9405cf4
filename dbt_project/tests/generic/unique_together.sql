{# Fails for rows that agree in all `columns`; NULL agrees with NULL. `anew_by` names the article or the group: then only
   rows are looked at whose first column is that of a row made anew. #}
{% test unique_together(model, columns, anew_by=none) %}
    select {{ columns | join(', ') }}
    from {{ model }}
    {% if anew_by %}
        where {{ columns[0] }} in (
            select told.{{ columns[0] }} from {{ model }} as told
            where told.{{ anew_by }} in {{ changed_keys(anew_by) }}
        )
    {% endif %}
    group by all
    having count(*) > 1
{% endtest %}
