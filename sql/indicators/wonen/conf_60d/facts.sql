-- Every request for a certificate of conformity that was decided or whose term ran out, and whether the decision came in time.
select system,
       case_id,
       municipality_code,
       place_code,
       channel,
       least(decision_on, cast(due_on + interval '1 day' as date)) as date,
       coalesce(decision_on <= due_on, false) as numerator
from term_cases
where term_id = 'conformiteitsattest'
  and (decision_on is not null or due_on < $cutoff)
  and not coalesce(left_on <= due_on, false)
