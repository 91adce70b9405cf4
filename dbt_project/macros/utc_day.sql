{# The UTC day of an instant, whatever the time zone of the session. #}
{% macro utc_day(instant) -%}
    cast({{ instant }} at time zone 'UTC' as date)
{%- endmacro %}
