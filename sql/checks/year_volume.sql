-- A year with less than half the cases that are usual for its system and municipality (the median of its other whole years, at least
-- three of them), and further from it than chance takes small numbers. Whole years lie between the first case and the last.
with years as (
    select system, municipality_code, date_part('year', received_on) as year, count(*) as n
    from cases
    group by system, municipality_code, date_part('year', received_on)
),
whole as (
    select years.system, years.municipality_code, years.year, years.n
    from years
    join (
        select system, municipality_code, min(year) as first_year, max(year) as last_year
        from years
        group by system, municipality_code
    ) ends
      on ends.system = years.system
     and ends.municipality_code = years.municipality_code
    where years.year > ends.first_year
      and years.year < ends.last_year
),
usual as (
    select whole.system,
           whole.municipality_code,
           whole.year,
           whole.n,
           median(cast(others.n as double)) as usual_n
    from whole
    join whole others
      on others.system = whole.system
     and others.municipality_code = whole.municipality_code
     and others.year <> whole.year
    group by whole.system, whole.municipality_code, whole.year, whole.n
    having count(*) >= 3
)
select system,
       municipality_code,
       year,
       n,
       usual_n
from usual
where n * 2 < usual_n
  and (usual_n - n) * (usual_n - n) > 16 * usual_n
