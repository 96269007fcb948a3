-- Every phase of a case that has ended, with the calendar days the case spent in it.
with ended as (
  select system,
         case_id,
         municipality_code,
         phase,
         max(ended_on) as ended_on,
         cast(sum(calendar_days(started_on, ended_on)) as bigint) as days
  from phases
  group by system, case_id, municipality_code, phase
  having count(*) = count(ended_on)
)
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       e.phase,
       e.ended_on as date,
       e.days as value
from ended e
join cases c
  on c.system = e.system
 and c.case_id = e.case_id
 and c.municipality_code = e.municipality_code
