-- Every decision list that was published or whose term ran out, and whether it was published within the term.
with lists as (
  select d.system,
         d.meeting_id,
         d.municipality_code,
         d.body,
         d.published_on,
         cast(d.met_on + t.days as date) as due_on
  from decision_lists d
  join terms t
    on t.term_id = 'besluitenlijst'
   and t.valid_from <= d.met_on
   and (t.valid_until is null or t.valid_until > d.met_on)
)
select system,
       meeting_id,
       municipality_code,
       body,
       least(published_on, cast(due_on + interval '1 day' as date)) as date,
       coalesce(published_on <= due_on, false) as numerator
from lists
where published_on is not null
   or due_on < $cutoff
