-- All cases of the service "omgeving": applications for and notifications of an environmental permit.
select system,
       case_id,
       municipality_code,
       place_code,
       product_code,
       procedure,
       channel,
       received_on,
       complete_on,
       term_start_on,
       due_on,
       decided_on,
       outcome,
       notified_on,
       closed_on,
       supplement_count,
       extension_days,
       appealed_on
from cases
where service = 'omgeving'
