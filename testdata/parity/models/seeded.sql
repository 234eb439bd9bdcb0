select kinds.i, plain.second, typed.zip
from {{ ref('kinds') }} as kinds, {{ ref('plain') }}, {{ ref('typed') }}
