package vrs.bench;

import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** The job as the DSL's pages teach it: one record per figure, grouped by its cell and reduced to the total. */
final class PerFigure {
    static Topology topology(String topic) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(topic, Consumed.with(Serdes.String(), Serdes.ByteArray()))
                .process(Differences.supplier(() -> PerFigure::emit))
                .groupByKey(Grouped.with("figures", Serdes.String(), Serdes.Long()))
                .reduce(Long::sum, Materialized.<String, Long, KeyValueStore<Bytes, byte[]>>as("totals"))
                .toStream()
                .foreach(Cells::changed);
        return builder.build();
    }

    private static void emit(
            String period, List<Table> differences, long timestamp, ProcessorContext<String, Long> context) {
        for (Table table : differences) {
            for (int i = 0; i < table.members.size(); i++) {
                String cell = period + '|' + table.dimension + '|' + table.members.get(i) + '|' + table.indicator;
                context.forward(new Record<>(cell, table.values[i], timestamp));
            }
        }
    }
}
