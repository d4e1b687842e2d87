"""What is said at a field of these forms, by field or by the code of a finding."""

from services.gateway.portal.menu import N_

PARTICIPANT_WORDS = {
    "code": N_("Enter a code: the two capital letters of ISO 3166 (TH), or up to ten capital letters (PIDC)."),
    "name": N_("Enter a name of at most 200 characters."),
    "kind": N_("Choose a kind from the list."),
    "time_zone": N_("Choose a time zone from the list, for example Asia/Bangkok."),
    "release": N_("Choose how the joined return comes about."),
}
_EMAIL = N_("Enter an e-mail address, for example desk@ministry.example.")
CONTACT_WORDS = {
    "focal-points": {
        "id": N_("Enter a short code of letters, digits and hyphens, for example border-desk."),
        "unit": N_("Enter the unit's name, at most 200 characters."),
        "email": _EMAIL,
        "personal_data.found": N_("The unit's name seems to hold personal data. Name the unit, never a person."),
    },
    "agencies": {
        "id": N_("Enter a code: the participant's code, a hyphen and a short name, for example TH-IMM."),
        "name": N_("Enter the name of the agency, at most 200 characters."),
        "email": _EMAIL,
        "agency.wrong_code": N_("The code of an agency begins with the participant's code and a hyphen (TH-IMM)."),
        "personal_data.found": N_("The agency's name seems to hold personal data. Name the agency, never a person."),
    },
}
KINDS = {"state": N_("State"), "territory": N_("Territory"), "organisation": N_("Organisation")}
RELEASES = {
    "focal_point": N_("The focal point releases the joined return"),
    "flow_through": N_("Accepted parts of the agencies flow through"),
}
KEY_AGES = {"90": N_("90 days"), "365": N_("One year"), "730": N_("Two years")}
KEY_STATES = {"good": N_("Good"), "expired": N_("Expired"), "revoked": N_("Revoked")}
CHANNELS = {"email": N_("E-mail"), "inbox": N_("Inbox")}
