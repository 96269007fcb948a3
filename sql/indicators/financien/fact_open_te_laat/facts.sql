-- Every invoice that went past its term, from the day after until it was paid.
with due as (
  select i.system,
         i.invoice_id,
         i.municipality_code,
         i.paid_on,
         cast(cast(i.received_on + t.days as date) + interval '1 day' as date) as from_on
  from invoices i
  join terms t
    on t.term_id = 'factuur_betaling'
   and t.valid_from <= i.received_on
   and (t.valid_until is null or t.valid_until > i.received_on)
  where i.amount > 0
    and not coalesce(i.disputed, false)
)
select system,
       invoice_id,
       municipality_code,
       from_on,
       paid_on as until_on
from due
where paid_on is null
   or paid_on > from_on
