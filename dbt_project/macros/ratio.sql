{# The larger over the smaller, never below 1; NULL when one is unknown or zero. #}
{% macro ratio(one, other) -%}
    case
        when least({{ one }}, {{ other }}) > 0
            and {{ one }} is not null and {{ other }} is not null
            then greatest({{ one }}, {{ other }}) / least({{ one }}, {{ other }})
    end
{%- endmacro %}
