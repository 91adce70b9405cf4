{# Fails for a value that the vocabulary (see `vars` in dbt_project.yml) does not hold; unknown is allowed. #}
{% test in_vocabulary(model, column_name, vocabulary) %}
    select {{ column_name }}
    from {{ model }}
    where
        {{ column_name }} is not null
        and {{ column_name }} not in ('{{ var("vocabularies")[vocabulary] | join("', '") }}')
{% endtest %}
