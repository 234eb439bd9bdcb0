select cast(range as date) as day
from range(timestamp '2025-01-01', timestamp '2025-02-01', interval 1 day)
