{# The field as corrected, else as extracted: `fixes` maps the fields that corrections set to their values as text. #}
{% macro corrected(statement, fixes, field, type) -%}
    case
        when list_contains(map_keys({{ fixes }}), '{{ field }}') then cast({{ fixes }}['{{ field }}'] as {{ type }})
        else {{ statement }}.{{ field }}
    end as {{ field }}
{%- endmacro %}
