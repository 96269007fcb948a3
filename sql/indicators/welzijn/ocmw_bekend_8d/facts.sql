-- Every decision on support that was told to the applicant or whose term for it ran out, and whether that came within the term.
with decided as (
  select c.system,
         c.case_id,
         c.municipality_code,
         c.place_code,
         c.channel,
         c.notified_on,
         cast(c.decision_on + t.days as date) as due_on
  from term_cases c
  join terms t
    on t.term_id = 'ocmw_kennisgeving'
   and t.valid_from <= c.decision_on
   and (t.valid_until is null or t.valid_until > c.decision_on)
  where c.term_id = 'ocmw_beslissing'
)
select system,
       case_id,
       municipality_code,
       place_code,
       channel,
       least(notified_on, cast(due_on + interval '1 day' as date)) as date,
       coalesce(notified_on <= due_on, false) as numerator
from decided
where notified_on is not null
   or due_on < $cutoff
