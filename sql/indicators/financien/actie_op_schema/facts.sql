-- Every action of which the state in the year is known, and whether it is on schedule or done.
select system,
       action_id,
       municipality_code,
       plan_code,
       year_start_on as date,
       status in ('on_schedule', 'done') as numerator
from plan_actions
where status is not null
