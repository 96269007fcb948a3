-- Every phase of a case that has ended, with the calendar days the case spent in it.
select system,
       case_id,
       municipality_code,
       phase,
       max(ended_on) as date,
       cast(sum(calendar_days(started_on, ended_on)) as bigint) as value
from phases
group by system, case_id, municipality_code, phase
having count(*) = count(ended_on)
