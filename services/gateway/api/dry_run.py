"""Judging a report without taking it: by validation itself, on the context that ingest would give it."""

from contracts.context import build, compared_with
from contracts.events import Explanation, ReportRecorded
from contracts.figures import Figure
from contracts.identity import body_hash, series_id, submission_id
from contracts.merging import merge, with_explanations
from contracts.report import Report
from runtime.mongo import Document
from services.gateway.ports import Gateway, Judgement
from services.gateway.series import base_of_partial, in_force, revision_of
from services.gateway.subject import Subject


async def judged(gateway: Gateway, caller: Subject, report: Report) -> Judgement:
    """The outcome and findings that the report would get now. Raises NotNow."""
    await gateway.view.refresh()
    series = series_id(report.reporter, report.cycle, report.agency)
    line = [revision_of(one) for one in await gateway.reads.revisions(series=series)]
    whole = report
    base = base_of_partial(line)
    if report.scope == "partial" and base is not None:
        stored = await gateway.reads.revision(series, base.revision)
        whole = merge(_as_reported(stored) if stored else None, report)
    now = gateway.now()
    context = build(
        gateway.view.directory,
        report.reporter,
        report.cycle,
        report.agency,
        now,
        await _in_force(gateway, report),
    )
    recorded = ReportRecorded(
        submission_id=submission_id(caller.sender.name, None, body_hash(report.to_json())),
        series=series,
        participant=report.reporter,
        cycle=report.cycle,
        agency=report.agency,
        revision=max((one.revision for one in line), default=0) + 1,
        sender=caller.sender,
        report=whole,
        context=context,
    )
    return await gateway.judge.judge(recorded)


def _as_reported(stored: Document) -> Report:
    """What was explained once stays explained when its answer moves into another report, as with ingest."""
    explanations = [Explanation.model_validate(one) for one in stored.get("explanations") or ()]
    return with_explanations(Report.model_validate(stored["report"]), explanations)


async def _in_force(gateway: Gateway, report: Report) -> dict[str, list[Figure]]:
    """The figures, by cycle, of what the same sender has in force around this report: for a part, that agency's."""
    held = await gateway.reads.revisions(participant=report.reporter, agency=report.agency)
    headers = [revision_of(one) for one in held]
    found: dict[str, list[Figure]] = {}
    for cycle in compared_with(report.cycle):
        standing = in_force(one for one in headers if one.cycle == cycle)
        stored = await gateway.reads.revision(standing.series, standing.revision) if standing else None
        if stored is not None:
            found[cycle] = [Figure(*one) for one in stored.get("figures") or ()]
    return found
