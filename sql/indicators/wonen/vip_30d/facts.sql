-- Every paid request for property information that was delivered or whose term ran out, and whether it was delivered in time.
with paid as (
  select c.system,
         c.case_id,
         c.municipality_code,
         c.place_code,
         c.channel,
         c.outcome,
         c.closed_on,
         c.delivered_on,
         cast(v.paid_on + t.days as date) as due_on
  from cases c
  join property_information v
    on v.system = c.system
   and v.case_id = c.case_id
   and v.municipality_code = c.municipality_code
  join terms t
    on t.term_id = 'vastgoedinformatie'
   and t.valid_from <= v.paid_on
   and (t.valid_until is null or t.valid_until > v.paid_on)
)
select system,
       case_id,
       municipality_code,
       place_code,
       channel,
       least(delivered_on, cast(due_on + interval '1 day' as date)) as date,
       coalesce(delivered_on <= due_on, false) as numerator
from paid
where (delivered_on is not null or due_on < $cutoff)
  and not (delivered_on is null and coalesce(outcome = 'withdrawn' and closed_on <= due_on, false))
