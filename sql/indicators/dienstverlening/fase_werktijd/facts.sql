-- The calendar days of every part of a phase that has ended: all of them on one side, those not spent waiting on the other.
with parts as (
  select c.system,
         c.case_id,
         c.municipality_code,
         c.place_code,
         p.phase,
         p.waiting_for,
         p.ended_on,
         calendar_days(p.started_on, p.ended_on) as days
  from phases p
  join cases c
    on c.system = p.system
   and c.case_id = p.case_id
   and c.municipality_code = p.municipality_code
  where p.ended_on is not null
)
select system,
       case_id,
       municipality_code,
       place_code,
       phase,
       'denominator' as side,
       ended_on as date,
       days as value
from parts
union all
select system,
       case_id,
       municipality_code,
       place_code,
       phase,
       'numerator' as side,
       ended_on as date,
       days as value
from parts
where waiting_for is null
