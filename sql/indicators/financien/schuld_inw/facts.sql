-- The financial debt per municipality on 31 December.
select region_code as municipality_code,
       period_start as date,
       value
from statistics
where measure = 'financial_debt'
  and category = 'total'
  and period_kind = 'day'
  and extract(month from period_start) = 12
  and extract(day from period_start) = 31
