-- Establishments of legal persons in the KBO, with their own name, that of their enterprise, and where they are.
select e.establishment_number,
       own.name,
       e.enterprise_number,
       owner.name as enterprise_name,
       e.started_on,
       place.zipcode,
       place.municipality_nl,
       place.municipality_code
from kbo_establishments e
left join kbo_names_nl own on own.entity_number = e.establishment_number
left join kbo_names_nl owner on owner.entity_number = e.enterprise_number
left join kbo_addresses_nl place on place.entity_number = e.establishment_number and place.address_type = 'BAET'
