-- Every permit case that was decided or whose term ran out, and whether a decision was taken on or before the due date.
with applications as (
  select system,
         case_id,
         municipality_code,
         place_code,
         product_code,
         channel,
         due_on,
         -- a withdrawal or a silent outcome is not a decision
         case when outcome in ('withdrawn', 'deemed_refused', 'deemed_granted') then null else decided_on end as decision_on,
         -- the day the case left without any decision
         case when outcome in ('deemed_refused', 'deemed_granted') then null
              when outcome = 'withdrawn' or decided_on is null then closed_on
         end as left_on
  from permit_cases
  where due_on is not null
)
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       least(decision_on, cast(due_on + interval '1 day' as date)) as date,
       coalesce(decision_on <= due_on, false) as numerator
from applications
where (decision_on is not null or due_on < $cutoff)
  and not coalesce(left_on <= due_on, false)
