"""All rules, in the order in which a reader would check: who and when, what is asked, what it says, whether it fits."""

from collections.abc import Callable, Iterable

from services.validation.case import Case
from services.validation.rules import (
    answers,
    comparisons,
    fees,
    naming,
    numbers,
    overlaps,
    periods,
    privacy,
    routes,
    standing,
    sums,
)
from services.validation.rules.found import Found

Rule = Callable[[Case], Iterable[Found]]

RULES: dict[Rule, tuple[str, ...]] = {
    standing.sender_is_not_the_reporter: ("sender.not_reporter",),
    standing.sender_is_not_the_agency: ("sender.not_agency",),
    standing.agency_is_unknown: ("agency.unknown",),
    standing.reporter_is_unknown: ("reporter.unknown",),
    standing.cycle_does_not_take_reports: ("cycle.unknown", "cycle.not_open", "cycle.closed", "report.late"),
    privacy.text_holds_personal_data: ("personal_data.found",),
    answers.template_is_unknown: ("template.unknown",),
    answers.question_is_unknown: ("question.unknown",),
    answers.answer_is_of_another_kind: ("answer.wrong_kind",),
    answers.answer_is_empty: ("answer.empty", "value.missing"),
    answers.answer_contradicts_itself: ("answer.contradictory", "value.and_status"),
    answers.row_has_no_value: ("value.missing",),
    answers.status_is_unknown: ("status.unknown",),
    answers.sharing_is_unknown: ("sharing.unknown_question", "sharing.unknown_value"),
    naming.dimension_is_missing: ("dimension.missing",),
    naming.dimension_is_foreign: ("dimension.unknown",),
    naming.code_is_unknown: ("code.unknown",),
    naming.country_is_unknown: ("country.unknown", "country.special_not_allowed"),
    naming.country_is_ambiguous: ("country.ambiguous",),
    naming.place_is_unusable: ("place.unusable",),
    naming.member_stands_twice: ("row.duplicate", "route.duplicate"),
    naming.own_country: ("country.own",),
    naming.place_is_new: ("place.new",),
    numbers.number_is_negative: ("number.negative",),
    numbers.number_is_fractional: ("number.fractional",),
    numbers.number_is_absurd: ("number.absurd",),
    numbers.share_is_no_percentage: ("route.share",),
    routes.route_is_too_short: ("route.too_short",),
    routes.route_has_not_one_origin_at_its_start: ("route.origin",),
    routes.route_goes_on_after_its_destination: ("route.destination",),
    routes.route_stays_in_a_country: ("route.repeated_country",),
    routes.route_begins_elsewhere_than_its_migrants: ("route.origin_not_citizenship",),
    routes.shares_sum_to_more_than_all: ("route.shares_above_100",),
    fees.amount_has_no_currency: ("fee.currency_missing",),
    fees.currency_is_unknown: ("fee.currency_unknown",),
    fees.fees_are_out_of_order: ("fee.order",),
    fees.journey_leads_nowhere: ("fee.same_country",),
    fees.fee_says_nothing: ("fee.says_nothing",),
    sums.parts_do_not_fit_the_total: ("sum.parts_above_total", "sum.complete_differs"),
    sums.breakdowns_disagree: ("sum.breakdowns_disagree",),
    sums.total_is_missing: ("total.missing",),
    comparisons.more_smuggled_than_detected: ("smuggled.above_detections",),
    comparisons.more_convicted_than_suspected: ("convicted.above_suspects",),
    periods.jump_against_the_previous_cycle: ("jump.previous_cycle",),
    periods.parts_of_the_period_differ: ("period.parts_differ",),
    overlaps.agencies_overlap: ("overlap.differs", "overlap.agrees"),
}
"""A rule, and the codes that it gives. What a code means stands in contracts/finding_kinds.py."""
