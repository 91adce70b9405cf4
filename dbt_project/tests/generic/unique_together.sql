{# Fails for rows that agree in all `columns`; NULL agrees with NULL. With `anew_by`, the article or the group, only
   rows are looked at whose first column is that of a row made anew. #}
{% test unique_together(model, columns, anew_by=none) %}
    select {{ columns | join(', ') }}
    from {{ rows_beside_changed(model, columns[0], anew_by) }}
    group by all
    having count(*) > 1
{% endtest %}
