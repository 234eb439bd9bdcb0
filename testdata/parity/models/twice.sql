select unnest([1, 1, 2]) as id
