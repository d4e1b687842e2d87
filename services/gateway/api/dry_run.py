"""Judging a report without taking it: by validation itself, on the context that ingest would give it."""

from contracts.context import build
from contracts.events import ReportRecorded
from contracts.figures import Figure
from contracts.identity import body_hash, series_id, submission_id
from contracts.merging import merge
from contracts.report import Report
from services.gateway.ports import Gateway, Judgement
from services.gateway.series import base_of_partial, in_force, newest_first, revision_of
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
        whole = merge(Report.model_validate(stored["report"]) if stored else None, report)
    now = gateway.now()
    context = build(
        gateway.view.directory,
        report.reporter,
        report.cycle,
        report.agency,
        now,
        await _in_force(gateway, report.reporter),
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


async def _in_force(gateway: Gateway, participant: str) -> dict[str, list[Figure]]:
    """The figures of the State's returns in force, by cycle."""
    headers = [revision_of(one) for one in await gateway.reads.revisions(participant=participant, agency=None)]
    found: dict[str, list[Figure]] = {}
    for cycle in {one.cycle for one in newest_first(headers)}:
        standing = in_force(one for one in headers if one.cycle == cycle)
        stored = await gateway.reads.revision(standing.series, standing.revision) if standing else None
        if stored is not None:
            found[cycle] = [Figure(*one) for one in stored.get("figures") or ()]
    return found
