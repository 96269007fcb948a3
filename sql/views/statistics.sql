-- Published statistics about municipalities on the ground they had at the start of the period: one number per measure, category,
-- region and period. Where a publisher gives a number more than once the last edition counts. A number about another ground than
-- that of then (recast over a merger) is left out.
with same_ground as (
  select o.dataset,
         o.edition,
         o.measure,
         o.category,
         o.region_code,
         o.vintage_on,
         o.period_kind,
         o.period_start,
         o.value
  from observations o
  join regions r
    on r.region_code = o.region_code
   and r.level = 'municipality'
   and r.valid_from <= o.period_start
   and (r.valid_until is null or r.valid_until > o.period_start)
  where not exists (
    select 1
    from region_changes h
    where h.to_code = o.region_code
      and h.kind <> 'parent'
      and h.changed_on > least(o.period_start, o.vintage_on)
      and h.changed_on <= greatest(o.period_start, o.vintage_on)
  )
),
ranked as (
  select measure,
         category,
         region_code,
         period_kind,
         period_start,
         value,
         row_number() over (
           partition by measure, category, region_code, period_kind, period_start
           order by edition desc nulls last, dataset, vintage_on desc nulls last
         ) as place
  from same_ground
)
select measure,
       category,
       region_code,
       period_kind,
       period_start,
       value
from ranked
where place = 1
