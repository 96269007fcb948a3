-- The population of municipalities on the ground they had on the reference day: of several divisions the last one not after that day.
with divisions as (
  select p.region_code,
         p.reference_on,
         p.vintage_on,
         p.sex,
         p.age_band,
         p.persons,
         row_number() over (
           partition by p.region_code, p.reference_on, p.sex, p.age_band
           order by p.vintage_on desc nulls last
         ) as place
  from population p
  join regions r
    on r.region_code = p.region_code
   and r.level = 'municipality'
   and r.valid_from <= p.reference_on
   and (r.valid_until is null or r.valid_until > p.reference_on)
  where p.vintage_on <= p.reference_on
)
select region_code,
       reference_on,
       vintage_on,
       sex,
       age_band,
       persons
from divisions
where place = 1
