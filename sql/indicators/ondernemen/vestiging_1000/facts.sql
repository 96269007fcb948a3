-- Every establishment in the register, in the municipality of its address, dated on the day of the extract.
with extracts as (
  select make_date(
           cast(substr(value, 7, 4) as integer),
           cast(substr(value, 4, 2) as integer),
           cast(substr(value, 1, 2) as integer)
         ) as snapshot_on
  from kbo_meta
  where variable = 'SnapshotDate'
)
select e.establishment_number,
       a.municipality_code,
       x.snapshot_on as date
from kbo_establishments e
join kbo_addresses_nl a
  on a.entity_number = e.establishment_number
 and a.address_type = 'BAET'
cross join extracts x
where a.municipality_code is not null
