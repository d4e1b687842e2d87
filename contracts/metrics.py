"""Every metric of every service, with what a high value means. Base units (seconds, bytes), as Prometheus asks.

Dashboards, alerts and code take the names from here.
"""

from typing import Literal, NamedTuple


class Metric(NamedTuple):
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


LATENCY = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

METRICS = {
    # Messages taken off a topic, by how they ended. Many "invalid": somebody publishes what we cannot read.
    "vrs_events_processed_total": Metric("counter", "Messages consumed, by outcome.", ("service", "topic", "outcome")),
    # From the CloudEvent's time to the end of its processing. High: the step waits or is behind.
    "vrs_event_age_seconds": Metric("histogram", "Age of an event once processed.", ("service", "topic"), LATENCY),
    "vrs_processing_seconds": Metric("histogram", "Time spent on one message.", ("service", "topic"), LATENCY),
    # Should be near zero on an idle system; growing: add a worker.
    "vrs_consumer_lag_records": Metric("gauge", "Messages not yet consumed.", ("service", "topic", "partition")),
    # Unchanged while there is lag: that partition stands still, whatever the others do.
    "vrs_consumer_position": Metric("gauge", "First message not yet done.", ("service", "topic", "partition")),
    # Standing still: the two above are not shown, and nobody would notice a worker that stands still.
    "vrs_lag_measured_seconds": Metric("gauge", "When the lag was last measured, in seconds since 1970.", ("group",)),
    # Any: Kafka has lost messages it had acknowledged; the group reads that partition again from its beginning.
    "vrs_topic_cuts_total": Metric("counter", "Partitions found to end before what was done.", ("group", "topic")),
    # Each is a message set aside; look at `vrs deadletters list`.
    "vrs_dead_letters_total": Metric("counter", "Messages set aside.", ("service", "topic", "reason")),
    # The effect failed and was tried again. Steady growth: Kafka or MongoDB is unwell.
    "vrs_retries_total": Metric("counter", "Effects tried again.", ("effect",)),
    # Above zero: this process works without that cycle or participant, or with an older one.
    "vrs_records_unreadable_total": Metric("counter", "Records of cycles and participants not understood.", ("topic",)),
    # 0: /readyz answered 503 when it was last asked, and this is what was missing.
    "vrs_ready": Metric("gauge", "Whether a check of /readyz passed.", ("check",)),
    # Away from the scrape's time: the host's clock is wrong. The gateway's decides what is late.
    "vrs_clock_seconds": Metric("gauge", "This host's clock, in seconds since 1970."),
    "vrs_submissions_total": Metric("counter", "Submissions answered by the gateway, by HTTP status.", ("status",)),
    "vrs_http_request_seconds": Metric("histogram", "Time to answer.", ("method", "route", "status"), LATENCY),
    "vrs_reports_judged_total": Metric("counter", "Revisions judged, by outcome.", ("outcome",)),
    "vrs_findings_total": Metric("counter", "Findings made, by code.", ("code",)),
    "vrs_figures_folded_total": Metric("counter", "Figures taken into aggregates."),
    "vrs_aggregate_flush_seconds": Metric("histogram", "Time to write the changed aggregates.", (), LATENCY),
    "vrs_aggregates_dirty": Metric("gauge", "Aggregates changed and not yet written."),
    "vrs_live_cells": Metric("gauge", "Figures in force of the series that this worker has."),
    "vrs_notices_planned_total": Metric("counter", "Notices that came due.", ("kind",)),
    "vrs_mails_sent_total": Metric("counter", "Mails handed to the mail server.", ("kind",)),
    # Growing: the mail server refuses or is away; notices stay in the inbox meanwhile.
    "vrs_mail_failures_total": Metric("counter", "Mails that the mail server did not take.", ("kind",)),
    "vrs_mails_waiting": Metric("gauge", "Mails planned and not yet sent."),
    # Each is a mail of which nobody can say whether it went out; it is not sent again by itself.
    "vrs_mails_unknown_total": Metric("counter", "Mails whose end is not known.", ("kind",)),
    # Standing still: nobody looks what is due, and no notice comes.
    "vrs_schedule_looked_at_seconds": Metric("gauge", "When the calendar was last gone through, since 1970."),
}
