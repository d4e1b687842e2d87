"""The findings registry: every code that any service may give, with its severity, its sentence and an example.

``docs/findings.md`` is generated from this table (tools/findings_page.py). A code never changes its meaning: a new
meaning is a new code. Placeholders in sentences are filled by `FindingKind.at`; none of them ever carries a text in
which personal data was found.

What an *explain* finding asks for is a reason in words, not a change: the sources of these rules (the template's
"most frequent" and "in total", and real official figures, which break every one of them now and then) do not make the
figures wrong. Once explained, the finding stays on the report and its ``suggestion`` is absent.
"""

from contracts.findings import FindingKind, Severity


def _kinds(severity: Severity, *lines: tuple[str, str, str]) -> dict[str, FindingKind]:
    return {
        code: FindingKind(code=code, severity=severity, sentence=sentence, example=example)
        for code, sentence, example in lines
    }


_READING = _kinds(
    "blocker",
    ("shape.invalid", "The report cannot be read here: {detail}.", "`value` holds a text instead of a number."),
    (
        "event.unreadable",
        "The message is no event that can be read: {detail}.",
        "A message on `vrs.in.TH-IMM` is not JSON.",
    ),
    ("parameter.invalid", "The {place} parameter {name}: {detail}.", "`GET /aggregates/citizenship?period=2013-H9`."),
    (
        "idempotency.conflict",
        "This Idempotency-Key was used before with another body; use a new key for a new report.",
        "A corrected report is sent under the key of the first one.",
    ),
    (
        "command.nothing_to_do",
        "There is nothing that this command could change: {detail}.",
        "A withdrawal for a cycle for which nothing was reported.",
    ),
    (
        "command.explanations_too_long",
        "With these, the explanations of the submission are longer than {most} bytes together; say it in fewer words.",
        "A whole report is pasted as the reason for every figure.",
    ),
    (
        "personal_data.found",
        "The text here seems to hold personal data ({kind}). Reports carry figures and descriptions, never persons.",
        "A comment ends with an e-mail address.",
    ),
    (
        "report.too_large",
        "With names and regions added the report is too large to be passed on; group its rarest places and countries.",
        "A report of 1 MB that consists of entry points only.",
    ),
)

_SENDER_AND_CYCLE = _kinds(
    "blocker",
    (
        "sender.not_reporter",
        "The sender may not report for {reporter}.",
        "A focal point of Thailand sends a report of Cambodia.",
    ),
    (
        "sender.not_agency",
        "The sender may not send as {agency}.",
        "What agency TH-IMM sends names TH-NAVY in `agency`, or names none.",
    ),
    (
        "agency.unknown",
        "{agency} is not an agency of {reporter} that takes part.",
        "`agency` is TH-XXX, which nobody registered.",
    ),
    ("reporter.unknown", "{reporter} is not a participant of the system.", "`reporter` is ZZ."),
    ("cycle.unknown", "There is no cycle {cycle}.", "`cycle` is 2031-H1, which the centre has not opened."),
    ("cycle.not_open", "The cycle {cycle} opens on {opens}.", "A report for 2013-H2 is sent in June 2013."),
    ("cycle.closed", "The cycle {cycle} closed on {closes}.", "A report for 2013-H1 is sent in 2015."),
)

_ANSWERS = _kinds(
    "blocker",
    ("template.unknown", "There is no template {found}.", "`template` is ort/9."),
    ("question.unknown", "The template has no question {found}.", "An answer to `illegal_entries.by_moon`."),
    (
        "answer.wrong_kind",
        "This question takes {expected}, not {found}.",
        "`illegal_entries.total` is answered with `rows`.",
    ),
    (
        "answer.empty",
        "The answer says nothing: give {expected}, a `status`, or `nothing_to_report`.",
        "`illegal_entries.by_citizenship` is answered with an empty list of rows.",
    ),
    (
        "answer.contradictory",
        "`nothing_to_report` and {found} exclude each other.",
        "`nothing_to_report` stands beside rows with figures.",
    ),
    (
        "value.missing",
        "There is neither a figure nor a status; a blank is never a zero.",
        "A row names a citizenship and nothing else.",
    ),
    ("value.and_status", "A figure and a status exclude each other.", "`value: 5` beside `status: not_available`."),
    ("status.unknown", "{found} is not a status.", "`status` is `unknown`."),
    (
        "sharing.unknown_question",
        "Sharing is set for {found}, which is no question of the template.",
        "`sharing` names `fees`, which is no question.",
    ),
    ("sharing.unknown_value", "{found} is not a sharing level.", "`sharing` is `public` for a question."),
)

_MEMBERS = _kinds(
    "blocker",
    ("dimension.missing", "The row does not say its {dimension}.", "A row by citizenship holds a value only."),
    ("dimension.unknown", "This question has no dimension {found}.", "A row by citizenship also holds `gender`."),
    ("code.unknown", "{found} is not a code of {dimension}.", "`mode` is `train`."),
    ("country.unknown", "No country of the name or code {found} is known.", "`citizenship` is Camboda."),
    ("country.ambiguous", "{found} may mean more than one country.", "`citizenship` is Congo, Korea or Yugoslavia."),
    (
        "country.special_not_allowed",
        "{found} is no country, and {dimension} takes countries only.",
        "A leg of a route is in the country `unknown`.",
    ),
    (
        "place.unusable",
        "A place has a name of at most {longest} characters, without | and > and line breaks, and not blank.",
        "`entry_point` is two blanks.",
    ),
    ("row.duplicate", "{found} stands here twice; the first is row {first}.", "One row for Lao PDR and one for LA."),
)

_NUMBERS = _kinds(
    "blocker",
    ("number.negative", "A count or an amount is never negative.", "`value` is -5."),
    ("number.fractional", "Persons, documents and cases are counted in whole numbers.", "`value` is 12.5."),
    (
        "number.absurd",
        "{found} is more than {most}: {reason}, so it is probably a slip.",
        "`value` is 999999999.",
    ),
)

_ROUTES_AND_FEES = _kinds(
    "blocker",
    ("route.too_short", "A route has two countries or more.", "A route with one leg."),
    ("route.origin", "A route begins with its only country of origin.", "The second leg has the type `origin`."),
    (
        "route.destination",
        "Only the last country of a route can be its destination.",
        "The second of three legs is the destination.",
    ),
    ("route.repeated_country", "{found} follows itself.", "Two legs in a row are in Malaysia."),
    ("route.share", "A share is a percentage from 0 to 100.", "`share` is 140."),
    (
        "route.duplicate",
        "This route stands here twice for {found}; the first is route {first}.",
        "AF>PK>ID twice for Afghans.",
    ),
    ("fee.currency_missing", "An amount needs its currency.", "`fee_typical` is 6000 without `currency`."),
    ("fee.currency_unknown", "{found} is not a currency code of ISO 4217.", "`currency` is dollars."),
    (
        "fee.order",
        "The lowest fee is at most the typical one, and that at most the highest.",
        "`fee_min` 900 and `fee_max` 500.",
    ),
    ("fee.same_country", "The journey leads from {found} to {found}.", "`from` and `to` are both AF."),
)

_EXPLAIN = _kinds(
    "explain",
    (
        "sum.parts_above_total",
        "The parts sum to {parts}, which is above the total of {total}.",
        "Rows by citizenship that sum to 120 under a total of 100.",
    ),
    (
        "sum.complete_differs",
        "The parts of this division are complete, but sum to {parts} while the total is {total}.",
        "Women, men, girls and boys sum to 90 while the total is 100.",
    ),
    (
        "sum.breakdowns_disagree",
        "The parts sum to {parts} here and to {others} in {other}.",
        "Without a total, 710,343 persons by citizenship and 712,279 by gender and age.",
    ),
    (
        "smuggled.above_detections",
        "{smuggled} smuggled migrants are more than the {detected} persons detected to enter, leave or stay illegally.",
        "500 smuggled migrants and 100 illegal entries.",
    ),
    (
        "convicted.above_suspects",
        "{convicted} convicted migrant smugglers are more than the {suspects} suspects.",
        "30 convicted and 20 suspects.",
    ),
    (
        "jump.previous_cycle",
        "{value} is {direction} {before} in {cycle}: a large change.",
        "12,000 illegal entries after 900 in the cycle before.",
    ),
    (
        "period.parts_differ",
        "{whole} in {period}, but the reports for its parts ({parts}) sum to {sum}.",
        "Two quarters of 100 each, and a half-year of 150.",
    ),
    (
        "route.origin_not_citizenship",
        "The route begins in {origin}, but is said to be one of migrants from {citizenship}.",
        "A route of Afghans that begins in Pakistan.",
    ),
    (
        "overlap.differs",
        "Different figures are given here: {values}. The State's own stands in the joined return, else the highest.",
        "TH-IMM reports 100 and TH-NAVY 80 for the same citizenship.",
    ),
)

_WARNINGS = _kinds(
    "warning",
    (
        "report.late",
        "The report came after it was due on {due}.",
        "A report for 2013-H1 due on 31 July comes on 2 August.",
    ),
    (
        "report.more_findings",
        "{count} more findings are not listed; correct the listed ones first.",
        "A file in which every one of 3,000 rows is wrong.",
    ),
    ("total.missing", "There are parts but no total.", "Rows by citizenship, and no answer to the total."),
    (
        "country.own",
        "{country} is named as its own {dimension}.",
        "Thailand reports Thailand as a country of last exit.",
    ),
    (
        "place.new",
        "{found} was never named before; check that it is no other spelling of a known place.",
        "`entry_point` is Padang Besat where earlier reports say Padang Besar.",
    ),
    (
        "overlap.agrees",
        "The same figure is given several times here: {values}.",
        "TH-IMM and TH-NAVY both report 100 for the same citizenship.",
    ),
    (
        "route.shares_above_100",
        "The shares of the routes of {found} sum to {sum} per cent.",
        "Two routes of Afghans with a share of 60 each.",
    ),
    (
        "fee.says_nothing",
        "The row names a way from country to country, but no fee, method or way of payment.",
        "A row of methods and fees with `from` and `to` only.",
    ),
)

FINDINGS: dict[str, FindingKind] = {
    **_READING,
    **_SENDER_AND_CYCLE,
    **_ANSWERS,
    **_MEMBERS,
    **_NUMBERS,
    **_ROUTES_AND_FEES,
    **_EXPLAIN,
    **_WARNINGS,
}
