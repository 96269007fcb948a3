-- All reports on public space, with the due date that applies and whether they were handled within it. The due date is that of
-- the case, else the date that was promised, else the day of the report plus the own norm. Withdrawn reports are left out.
with due as (
  select c.system,
         c.case_id,
         c.municipality_code,
         c.place_code,
         c.channel,
         r.category,
         c.received_on,
         c.due_at,
         c.closed_at,
         c.closed_on,
         coalesce(
           c.due_on,
           c.promised_on,
           cast(c.received_on + r.norm_days as date)
         ) as due_on
  from cases c
  join reports r
    on r.system = c.system
   and r.case_id = c.case_id
  where coalesce(c.outcome, '') <> 'withdrawn'
)
select system,
       case_id,
       municipality_code,
       place_code,
       channel,
       category,
       received_on,
       due_on,
       closed_on,
       -- where both moments are known the clock decides, else the day; null while open or without a due date
       coalesce(closed_at <= due_at, closed_on <= due_on) as in_time
from due
