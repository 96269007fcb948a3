-- Every case with a legal or promised due date that is done or is past that date, and whether it was done in time.
with dated as (
  select system,
         case_id,
         municipality_code,
         place_code,
         product_code,
         channel,
         outcome,
         closed_on,
         coalesce(due_on, promised_on) as due_on,
         case when outcome in ('withdrawn', 'deemed_refused', 'deemed_granted') then null
              when due_on is not null then coalesce(decided_on, delivered_on, closed_on)
              else coalesce(delivered_on, closed_on)
         end as done_on
  from cases
  where due_on is not null
     or promised_on is not null
)
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       least(done_on, cast(due_on + interval '1 day' as date)) as date,
       coalesce(done_on <= due_on, false) as numerator
from dated
where (done_on is not null or due_on < $cutoff)
  and not coalesce(outcome = 'withdrawn' and closed_on <= due_on, false)
