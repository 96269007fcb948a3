-- All cases whose product has a legal term, with the last day on which a decision is on time: the due date of the case, else the
-- day of submission plus the term that was valid then, with the extension and the suspension of the case.
with products_with_term as (
  select distinct product_code, term_id
  from products
  where term_id is not null
)
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       c.product_code,
       c.channel,
       p.term_id,
       c.received_on,
       c.notified_on,
       coalesce(
         c.due_on,
         cast(coalesce(c.term_start_on, c.received_on)
           + cast(t.days + coalesce(c.extension_days, 0) + coalesce(c.suspension_days, 0) as integer) as date)
       ) as due_on,
       -- a withdrawal or a silent outcome is not a decision
       case when c.outcome in ('withdrawn', 'deemed_refused', 'deemed_granted') then null else c.decided_on end as decision_on,
       -- the day the case left without any decision
       case when c.outcome in ('deemed_refused', 'deemed_granted') then null
            when c.outcome = 'withdrawn' or c.decided_on is null then c.closed_on
       end as left_on
from cases c
join products_with_term p
  on p.product_code = c.product_code
join terms t
  on t.term_id = p.term_id
 and t.valid_from <= c.received_on
 and (t.valid_until is null or t.valid_until > c.received_on)
