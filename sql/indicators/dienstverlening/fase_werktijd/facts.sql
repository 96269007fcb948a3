-- The calendar days of every part of a phase that has ended: all of them on one side, those not spent waiting on the other.
select system,
       case_id,
       municipality_code,
       phase,
       'denominator' as side,
       ended_on as date,
       calendar_days(started_on, ended_on) as value
from phases
where ended_on is not null
union all
select system,
       case_id,
       municipality_code,
       phase,
       'numerator' as side,
       ended_on as date,
       calendar_days(started_on, ended_on) as value
from phases
where ended_on is not null
  and waiting_for is null
