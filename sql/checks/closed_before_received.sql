-- Cases that were closed before they were received: a warning lets them through, a figure must not rest on them unseen.
select system,
       case_id,
       municipality_code,
       received_on,
       closed_on
from cases
where closed_on < received_on
