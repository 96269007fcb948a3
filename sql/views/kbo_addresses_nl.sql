-- Addresses of the KBO that are not struck off, with the text of their kind and the municipality by its REFNIS code. The KBO gives the
-- name of the municipality only: the code is that of the one municipality that has this name today, in Dutch or in French; null where
-- there is none (abroad, outside the regions that are known here) or where several have it.
with names as (
  select lower(name_nl) as name, region_code
  from regions
  where level = 'municipality' and valid_until is null
  union
  select lower(name_fr) as name, region_code
  from regions
  where level = 'municipality' and valid_until is null and name_fr is not null
),
municipalities as (
  select name,
         min(region_code) as municipality_code
  from names
  group by name
  having count(*) = 1
),
kinds as (
  select code, description
  from kbo_codes
  where category = 'TypeOfAddress' and language = 'NL'
)
select a.entity_number,
       a.address_type,
       k.description as address_type_text,
       a.zipcode,
       a.municipality_nl,
       case when a.country_nl is null then coalesce(nl.municipality_code, fr.municipality_code) end as municipality_code
from kbo_addresses a
left join kinds k on k.code = a.address_type
left join municipalities nl on nl.name = lower(a.municipality_nl)
left join municipalities fr on fr.name = lower(a.municipality_fr)
where a.struck_off_on is null
