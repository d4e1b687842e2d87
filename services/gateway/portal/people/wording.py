"""What is said at a field of these forms, by field or by the code of a finding."""

from services.gateway.portal.menu import N_

_PERSONAL = N_("The text seems to hold personal data. Name the unit, never a person.")
PARTICIPANT_WORDS = {
    "code": N_("Enter the two capital letters of ISO 3166 (TH), or a code of up to ten capital letters (PIDC)."),
    "name": N_("Enter a name of at most 200 characters."),
    "kind": N_("Choose a kind from the list."),
    "time_zone": N_("Choose a time zone from the list, for example Asia/Bangkok."),
    "release": N_("Choose one of the two."),
}
CONTACT_WORDS = {
    "id": N_("Enter a short code: for a focal point letters, digits and hyphens; for an agency for example TH-IMM."),
    "unit": N_("Enter the unit's name, at most 200 characters."),
    "name": N_("Enter the agency's name, at most 200 characters."),
    "email": N_("Enter an e-mail address, for example desk@ministry.example."),
    "agency.wrong_code": N_("The code of an agency begins with the participant's code and a hyphen (TH-IMM)."),
    "personal_data.found": _PERSONAL,
}
KINDS = {"state": N_("State"), "territory": N_("Territory"), "organisation": N_("Organisation")}
RELEASES = {
    "focal_point": N_("The focal point releases the joined return"),
    "flow_through": N_("Accepted parts of the agencies flow through"),
}
KEY_AGES = {"90": N_("90 days"), "365": N_("One year"), "730": N_("Two years")}
KEY_STATES = {"good": N_("Good"), "expired": N_("Expired"), "revoked": N_("Revoked")}
CHANNELS = {"email": N_("E-mail"), "inbox": N_("Inbox")}
