-- Every invoice paid, with the calendar days since reception, weighted by its amount.
select system,
       invoice_id,
       municipality_code,
       paid_on as date,
       calendar_days(received_on, paid_on) as value,
       amount as weight
from invoices
where paid_on is not null
  and received_on is not null
  and amount > 0
  and not coalesce(disputed, false)
