-- Changes of address that no term of the residence check is valid for on the day of the declaration: they are in no figure about it.
select relocations.system,
       relocations.case_id,
       relocations.municipality_code,
       cases.received_on
from relocations
join cases
  on cases.system = relocations.system
 and cases.case_id = relocations.case_id
 and cases.municipality_code = relocations.municipality_code
left join terms
  on terms.term_id = 'verhuis_controle'
 and terms.valid_from <= cases.received_on
 and (terms.valid_until is null or terms.valid_until > cases.received_on)
where terms.term_id is null
