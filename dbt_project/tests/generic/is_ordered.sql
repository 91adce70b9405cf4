{# Fails where the column is greater than `upper`; an open end is no order. #}
{% test is_ordered(model, column_name, upper) %}
    select {{ column_name }}, {{ upper }}
    from {{ model }}
    where {{ column_name }} > {{ upper }}
{% endtest %}
