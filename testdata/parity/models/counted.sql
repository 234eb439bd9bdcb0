select g, count(id) as ids, {{ var('batch') }} as batch, '{{ unit_of() }}' as unit
from {{ ref('rows') }} group by g
