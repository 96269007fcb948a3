-- Every permit case in which a decision was taken, and whether it was taken on or before the due date.
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       channel,
       decided_on as date,
       decided_on <= due_on as numerator
from permit_cases
where decided_on is not null
  and due_on is not null
  and coalesce(outcome, '') not in ('withdrawn', 'deemed_refused', 'deemed_granted')
