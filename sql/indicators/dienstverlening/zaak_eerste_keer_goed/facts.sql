-- Every closed case, and whether it went right the first time: no supplement, no way back to an earlier phase, not reopened.
with ranked as (
  select system,
         case_id,
         municipality_code,
         interval_no,
         case phase when 'intake' then 1 when 'handling' then 2 when 'deciding' then 3 else 4 end as phase_no
  from phases
),
steps as (
  select system,
         case_id,
         municipality_code,
         phase_no,
         lag(phase_no) over (partition by system, case_id, municipality_code order by interval_no) as phase_before
  from ranked
),
returned as (
  select distinct system, case_id, municipality_code
  from steps
  where phase_no < phase_before
)
select c.system,
       c.case_id,
       c.municipality_code,
       c.place_code,
       c.product_code,
       c.channel,
       c.closed_on as date,
       c.supplement_count = 0 and r.case_id is null and not coalesce(c.reopened, false) as numerator
from cases c
left join returned r
  on r.system = c.system
 and r.case_id = c.case_id
 and r.municipality_code = c.municipality_code
where c.closed_on is not null
  and c.supplement_count is not null
  and coalesce(c.outcome, '') <> 'withdrawn'
