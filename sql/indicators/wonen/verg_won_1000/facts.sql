-- The new dwellings permitted per municipality and year, as Statbel publishes them.
select region_code as municipality_code,
       period_start as date,
       value
from statistics
where measure = 'dwellings_new'
  and category = 'total'
  and period_kind = 'year'
