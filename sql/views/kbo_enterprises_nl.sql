-- Legal persons of the KBO with their name, the Dutch texts of their codes, and where their seat is.
with texts as (
  select category, code, description
  from kbo_codes
  where language = 'NL'
)
select e.enterprise_number,
       n.name,
       status.description as status,
       situation.description as juridical_situation,
       form.description as juridical_form,
       e.started_on,
       seat.zipcode,
       seat.municipality_nl,
       seat.municipality_code
from kbo_enterprises e
left join kbo_names_nl n on n.entity_number = e.enterprise_number
left join texts status on status.category = 'Status' and status.code = e.status
left join texts situation on situation.category = 'JuridicalSituation' and situation.code = e.juridical_situation
left join texts form on form.category = 'JuridicalForm' and form.code = coalesce(e.juridical_form_cac, e.juridical_form)
left join kbo_addresses_nl seat on seat.entity_number = e.enterprise_number and seat.address_type = 'REGO'
