-- The investment expenditure per municipality, financial year and policy field.
select region_code as municipality_code,
       category as policy_field,
       period_start as date,
       value
from statistics
where measure = 'investment_expenditure'
  and category <> 'total'
  and period_kind = 'year'
