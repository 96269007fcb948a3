-- Every invoice paid, and whether that was within the term after reception.
select i.system,
       i.invoice_id,
       i.municipality_code,
       i.paid_on as date,
       i.paid_on <= cast(i.received_on + t.days as date) as numerator
from invoices i
join terms t
  on t.term_id = 'factuur_betaling'
 and t.valid_from <= i.received_on
 and (t.valid_until is null or t.valid_until > i.received_on)
where i.paid_on is not null
  and i.amount > 0
  and not coalesce(i.disputed, false)
