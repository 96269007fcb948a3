-- Arrivals and, negative, departures per municipality and year.
select region_code as municipality_code,
       period_start as date,
       case measure when 'arrivals' then value else -value end as value
from statistics
where measure in ('arrivals', 'departures')
  and category = 'total'
  and period_kind = 'year'
