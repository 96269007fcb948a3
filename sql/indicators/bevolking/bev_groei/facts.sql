-- The residents on 1 January less those a year before on the same ground on one side, those a year before on the other.
with totals as (
  select region_code,
         reference_on,
         vintage_on,
         persons,
         make_date(cast(extract(year from reference_on) as integer) - 1, 1, 1) as before_on
  from residents
  where sex = 'total'
    and age_band = 'total'
    and extract(month from reference_on) = 1
    and extract(day from reference_on) = 1
),
grounds as (
  select t.region_code,
         t.reference_on,
         t.vintage_on,
         t.persons,
         t.before_on,
         -- which municipalities the ground of now was a year before
         coalesce(h.from_code, t.region_code) as code_before
  from totals t
  left join region_changes h
    on h.to_code = t.region_code
   and h.kind <> 'parent'
   and h.changed_on > t.before_on
   and h.changed_on <= t.reference_on
),
parts as (
  select g.region_code,
         g.reference_on,
         g.vintage_on,
         g.before_on,
         g.persons,
         cast(case when count(*) = count(b.persons) then sum(b.persons) end as bigint) as persons_before
  from grounds g
  left join totals b
    on b.region_code = g.code_before
   and b.reference_on = g.before_on
  group by g.region_code, g.reference_on, g.vintage_on, g.before_on, g.persons
),
grown as (
  select g.region_code,
         g.reference_on,
         g.persons,
         -- as published for the ground of now, else the sum of what lay there
         coalesce(p.persons, g.persons_before) as persons_before
  from parts g
  left join population p
    on p.region_code = g.region_code
   and p.reference_on = g.before_on
   and p.vintage_on = g.vintage_on
   and p.sex = 'total'
   and p.age_band = 'total'
)
select region_code as municipality_code,
       'numerator' as side,
       reference_on as date,
       persons - persons_before as value
from grown
where persons_before is not null
union all
select region_code as municipality_code,
       'denominator' as side,
       reference_on as date,
       persons_before as value
from grown
where persons_before is not null
