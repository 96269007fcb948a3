-- Every declaration of a change of address that was checked or whose term ran out, and whether the check came within the term.
with declarations as (
  select c.system,
         c.case_id,
         c.municipality_code,
         c.place_code,
         c.product_code,
         c.channel,
         c.outcome,
         c.closed_on,
         r.checked_on,
         cast(c.received_on + t.days as date) as due_on
  from cases c
  join relocations r
    on r.system = c.system
   and r.case_id = c.case_id
   and r.municipality_code = c.municipality_code
  join terms t
    on t.term_id = 'verhuis_controle'
   and t.valid_from <= c.received_on
   and (t.valid_until is null or t.valid_until > c.received_on)
)
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       least(checked_on, cast(due_on + interval '1 day' as date)) as date,
       coalesce(checked_on <= due_on, false) as numerator
from declarations
where (checked_on is not null or due_on < $cutoff)
  and not (checked_on is null and coalesce(outcome = 'withdrawn' and closed_on <= due_on, false))
