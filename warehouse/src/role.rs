//! role: names for the mandates that answer for targets. From the code list BestuursfunctieCode of the Agentschap Binnenlands
//! Bestuur (lblod/app-organization-portal, migration of 19 July 2022), the roles of a municipality and its OCMW; taken over
//! in November 2026. A code that is not here is shown as its address.

use crate::language::Text;

const CODES: &str = "http://data.vlaanderen.be/id/concept/BestuursfunctieCode/";

/// Code, name in the list, and what it is called in English.
const ROLES: [(&str, &str, &str); 18] = [
    ("5ab0e9b8a3b2ca7c5e000011", "Gemeenteraadslid", "Councillor"),
    (
        "5ab0e9b8a3b2ca7c5e000012",
        "Voorzitter van de gemeenteraad",
        "Chair of the municipal council",
    ),
    ("5ab0e9b8a3b2ca7c5e000013", "Burgemeester", "Mayor"),
    (
        "7b038cc40bba10bec833ecfe6f15bc7a",
        "Aangewezen burgemeester",
        "Mayor designate",
    ),
    ("5ab0e9b8a3b2ca7c5e000014", "Schepen", "Alderman"),
    (
        "59a90e03-4f22-4bb9-8c91-132618db4b38",
        "Toegevoegde schepen",
        "Additional alderman",
    ),
    (
        "5ab0e9b8a3b2ca7c5e000015",
        "Lid van de Raad voor Maatschappelijk Welzijn",
        "Member of the social welfare council",
    ),
    (
        "5ab0e9b8a3b2ca7c5e000016",
        "Voorzitter van de Raad voor Maatschappelijk Welzijn",
        "Chair of the social welfare council",
    ),
    (
        "5ab0e9b8a3b2ca7c5e000017",
        "Lid van het Vast Bureau",
        "Member of the standing bureau",
    ),
    (
        "5ab0e9b8a3b2ca7c5e000018",
        "Voorzitter van het Vast bureau",
        "Chair of the standing bureau",
    ),
    (
        "5ab0e9b8a3b2ca7c5e000019",
        "Lid van het Bijzonder Comité voor de Sociale Dienst",
        "Member of the special committee for social services",
    ),
    (
        "5ab0e9b8a3b2ca7c5e00001a",
        "Voorzitter van het Bijzonder Comité voor de Sociale Dienst",
        "Chair of the special committee for social services",
    ),
    (
        "39e08271-68db-4282-897f-5cba88c71862",
        "Algemeen directeur",
        "General director",
    ),
    (
        "f7b4e17b-6f4e-48e7-a558-bce61669f59a",
        "Adjunct Algemeen Directeur",
        "Deputy general director",
    ),
    (
        "6d4cf4dd-2080-4752-8733-d02a036b2df0",
        "Financieel directeur",
        "Financial director",
    ),
    (
        "3200ffc1-bb72-4235-a81c-64aa578b0789",
        "Adjunct Financieel Directeur",
        "Deputy financial director",
    ),
    (
        "855489b9-b584-4f34-90b2-39aea808cd9f",
        "Leidend ambtenaar",
        "Leading official",
    ),
    (
        "b213c870-c762-4e39-9f78-3abdeda4b64a",
        "Financieel beheerder",
        "Financial manager",
    ),
];

/// What a role is called; `None` for an address that is not in the list.
pub fn name(uri: &str) -> Option<Text> {
    let code = uri.strip_prefix(CODES).or_else(|| {
        uri.strip_prefix("https://")?
            .strip_prefix(&CODES["http://".len()..])
    })?;
    let (_, nl, en) = ROLES.iter().find(|(known, ..)| *known == code)?;
    Some(Text::new(*nl, *en))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_role_has_a_name_in_both_languages() {
        let uri = "data.vlaanderen.be/id/concept/BestuursfunctieCode/5ab0e9b8a3b2ca7c5e000014";
        for scheme in ["http", "https"] {
            let name = super::name(&format!("{scheme}://{uri}")).expect("a role");
            assert_eq!(
                (name.nl.as_str(), name.en.as_str()),
                ("Schepen", "Alderman")
            );
        }
        assert!(super::name("https://example.org/role").is_none());
    }
}
