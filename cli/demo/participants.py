"""Who takes part in the demonstration, and roughly what each of them would have to report. Nothing here is real.

The thirteen reporters of the pilot, with the Pacific Immigration Directors' Conference as an organisation that
does not report; and Thailand and Canada, whose figures the template's screens show. The magnitudes are made up.
"""

from dataclasses import dataclass
from typing import Any, Literal

Mode = Literal["land", "sea", "air"]
Way = tuple[str, tuple[str, ...]]
"""A route: the migrants' citizenship and the countries in order; the last is the reporter where it arrives there."""


@dataclass(frozen=True)
class Profile:
    """A participant, and the weights from which its returns are made. ``entries``: detected in a year."""

    code: str
    name: str
    time_zone: str
    entries: int
    citizenships: tuple[str, ...]
    exits: dict[Mode, tuple[str, ...]]
    points: tuple[str, ...]
    routes: tuple[Way, ...] = ()
    fee: tuple[str, str, Mode, int, str] | None = None
    """From, to, way of travel, typical amount, currency."""
    kind: Literal["state", "territory"] = "state"

    @property
    def record(self) -> dict[str, Any]:
        """As the interface takes it."""
        return {"name": self.name, "kind": self.kind, "time_zone": self.time_zone, "release": "focal_point"}


PILOT = (
    Profile(
        code="AU",
        name="Australia",
        time_zone="Australia/Sydney",
        entries=2600,
        citizenships=("AF", "LK", "IR", "IQ", "stateless"),
        exits={"sea": ("ID", "LK"), "air": ("MY", "TH")},
        points=("Christmas Island", "Darwin", "Sydney Airport"),
        routes=(("AF", ("AF", "PK", "MY", "ID", "AU")), ("LK", ("LK", "AU"))),
        fee=("ID", "AU", "sea", 5000, "AUD"),
    ),
    Profile(
        code="KH",
        name="Cambodia",
        time_zone="Asia/Phnom_Penh",
        entries=420,
        citizenships=("VN", "CN", "MM"),
        exits={"land": ("VN", "LA"), "air": ("CN",)},
        points=("Bavet", "Phnom Penh Airport"),
    ),
    Profile(
        code="FR",
        name="France",
        time_zone="Europe/Paris",
        entries=5200,
        citizenships=("AF", "PK", "VN", "LK", "CN"),
        exits={"land": ("IT", "BE"), "air": ("TR", "VN")},
        points=("Modane", "Paris Airport", "Calais"),
        routes=(("VN", ("VN", "CN", "DE", "FR")),),
        fee=("VN", "FR", "air", 9000, "EUR"),
    ),
    Profile(
        code="FJ",
        name="Fiji",
        time_zone="Pacific/Fiji",
        entries=60,
        citizenships=("CN", "IN", "BD"),
        exits={"sea": ("TO",), "air": ("HK", "KR")},
        points=("Nadi Airport", "Suva Port"),
    ),
    Profile(
        code="HK",
        name="Hong Kong",
        time_zone="Asia/Hong_Kong",
        entries=900,
        citizenships=("VN", "PK", "BD", "IN"),
        exits={"sea": ("CN", "MO"), "air": ("TH", "IN")},
        points=("Lantau Island", "Hong Kong Airport"),
        kind="territory",
    ),
    Profile(
        code="ID",
        name="Indonesia",
        time_zone="Asia/Jakarta",
        entries=3100,
        citizenships=("AF", "MM", "IR", "LK", "PK"),
        exits={"sea": ("MY",), "air": ("MY", "SG", "TH")},
        points=("Medan", "Jakarta Airport", "Batam"),
        routes=(("AF", ("AF", "PK", "MY", "ID")), ("MM", ("MM", "TH", "MY", "ID"))),
        fee=("AF", "ID", "air", 6000, "USD"),
    ),
    Profile(
        code="MV",
        name="Maldives",
        time_zone="Indian/Maldives",
        entries=240,
        citizenships=("BD", "IN", "LK"),
        exits={"sea": ("LK",), "air": ("BD", "IN")},
        points=("Male Airport",),
    ),
    Profile(
        code="NZ",
        name="New Zealand",
        time_zone="Pacific/Auckland",
        entries=160,
        citizenships=("CN", "IN", "LK"),
        exits={"air": ("AU", "SG", "HK")},
        points=("Auckland Airport",),
    ),
    Profile(
        code="PK",
        name="Pakistan",
        time_zone="Asia/Karachi",
        entries=4700,
        citizenships=("AF", "BD", "IR"),
        exits={"land": ("AF", "IR"), "air": ("AE",)},
        points=("Torkham", "Chaman", "Karachi Airport"),
        routes=(("BD", ("BD", "IN", "PK")),),
    ),
    Profile(
        code="LK",
        name="Sri Lanka",
        time_zone="Asia/Colombo",
        entries=310,
        citizenships=("IN", "MV", "PK"),
        exits={"sea": ("IN",), "air": ("IN", "PK")},
        points=("Mannar", "Colombo Airport"),
    ),
    Profile(
        code="TO",
        name="Tonga",
        time_zone="Pacific/Tongatapu",
        entries=24,
        citizenships=("CN", "IN"),
        exits={"air": ("FJ", "NZ")},
        points=("Fuaamotu Airport",),
    ),
    Profile(
        code="GB",
        name="United Kingdom",
        time_zone="Europe/London",
        entries=6100,
        citizenships=("AF", "VN", "PK", "LK", "IR"),
        exits={"land": ("FR",), "sea": ("FR", "BE"), "air": ("TR", "AE")},
        points=("Dover", "London Airport", "Harwich"),
        routes=(("VN", ("VN", "CN", "DE", "FR", "GB")),),
        fee=("FR", "GB", "land", 3000, "GBP"),
    ),
    Profile(
        code="US",
        name="United States",
        time_zone="America/New_York",
        entries=8800,
        citizenships=("CN", "IN", "BD", "LK", "PK"),
        exits={"land": ("MX", "CA"), "air": ("ES", "TR")},
        points=("San Ysidro", "Laredo", "Miami Airport"),
        routes=(("IN", ("IN", "ES", "MX", "US")),),
        fee=("IN", "US", "air", 25000, "USD"),
    ),
)
SCREENS = (
    Profile(
        code="TH",
        name="Thailand",
        time_zone="Asia/Bangkok",
        entries=24000,
        citizenships=("KH", "MM", "LA", "VN"),
        exits={"land": ("KH", "MM", "LA"), "sea": ("MY",)},
        points=("Padang Besar", "Aranyaprathet", "Mae Sot"),
        routes=(("MM", ("MM", "TH")),),
    ),
    Profile(
        code="CA",
        name="Canada",
        time_zone="America/Toronto",
        entries=1500,
        citizenships=("LK", "CN", "IN", "AF"),
        exits={"sea": ("TH",), "air": ("HK", "AE", "GB")},
        points=("Victoria", "Vancouver Airport", "Toronto Airport"),
        routes=(("LK", ("LK", "TH", "CA")),),
        fee=("TH", "CA", "sea", 30000, "CAD"),
    ),
)
PROFILES = {one.code: one for one in (*PILOT, *SCREENS)}
ORGANISATION = {
    "code": "PIDC",
    "name": "Pacific Immigration Directors' Conference",
    "kind": "organisation",
    "time_zone": "Pacific/Apia",
    "release": "focal_point",
}
AGENCIES = (
    {"id": "ID-IMM", "name": "Immigration authority (demonstration)", "email": "immigration@id.example"},
    {"id": "ID-MAR", "name": "Marine police (demonstration)", "email": "marine-police@id.example"},
)
"""Of Indonesia: the first sends its part over HTTP, the second publishes straight to Kafka."""


def focal_point(code: str) -> dict[str, str]:
    """A unit and its functional address, under a domain that exists nowhere."""
    name = PROFILES[code].name if code in PROFILES else ORGANISATION["name"]
    return {"unit": f"Focal point unit of {name}", "email": f"focal-point@{code.lower()}.example"}
