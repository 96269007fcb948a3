-- Every complaint that was answered or whose term ran out, and whether the answer came within the term.
with filed as (
  select c.system,
         c.case_id,
         c.municipality_code,
         c.place_code,
         c.channel,
         c.outcome,
         c.closed_on,
         k.answered_on as done_on,
         cast(c.received_on + t.days as date) as due_on
  from cases c
  join complaints k
    on k.system = c.system
   and k.case_id = c.case_id
   and k.municipality_code = c.municipality_code
  join terms t
    on t.term_id = 'klacht_antwoord'
   and t.valid_from <= c.received_on
   and (t.valid_until is null or t.valid_until > c.received_on)
)
select system,
       case_id,
       municipality_code,
       place_code,
       channel,
       least(done_on, cast(due_on + interval '1 day' as date)) as date,
       coalesce(done_on <= due_on, false) as numerator
from filed
where (done_on is not null or due_on < $cutoff)
  and not (done_on is null and coalesce(outcome = 'withdrawn' and closed_on <= due_on, false))
