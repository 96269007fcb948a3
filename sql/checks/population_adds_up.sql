-- A total of the population that is not the sum of its parts, where a region gives both: by sex, and by age.
select totals.region_code as municipality_code,
       totals.reference_on,
       totals.vintage_on,
       parts.split_by,
       totals.persons,
       parts.persons as persons_of_parts
from population totals
join (
    select region_code, reference_on, vintage_on, 'sex' as split_by, sum(persons) as persons
    from population
    where sex <> 'total' and age_band = 'total'
    group by region_code, reference_on, vintage_on
    union all
    select region_code, reference_on, vintage_on, 'age' as split_by, sum(persons) as persons
    from population
    where sex = 'total' and age_band <> 'total'
    group by region_code, reference_on, vintage_on
) parts
  on parts.region_code = totals.region_code
 and parts.reference_on = totals.reference_on
 and parts.vintage_on = totals.vintage_on
where totals.sex = 'total'
  and totals.age_band = 'total'
  and totals.persons <> parts.persons
