-- What was planned for every action and year on one side, what was spent on the other.
select system,
       action_id,
       municipality_code,
       plan_code,
       'denominator' as side,
       year_start_on as date,
       planned_amount as value
from plan_actions
where planned_amount is not null
union all
select system,
       action_id,
       municipality_code,
       plan_code,
       'numerator' as side,
       year_start_on as date,
       realised_amount as value
from plan_actions
where planned_amount is not null
  and realised_amount is not null
