package vrs.bench;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The job with one record per return and partition of the totals in place of one per figure. */
final class Tuned {
    private static final int BUCKETS = 12; // as many partitions as the topic that is read
    private static final String TOTALS = "totals";

    static Topology topology(String topic) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(topic, Consumed.with(Serdes.String(), Serdes.ByteArray()))
                .process(Differences.supplier(Packed::new))
                .repartition(Repartitioned.<Integer, byte[]>as("differences")
                        .withKeySerde(Serdes.Integer())
                        .withValueSerde(Serdes.ByteArray())
                        .withNumberOfPartitions(BUCKETS)
                        .withStreamPartitioner(
                                (name, bucket, value, partitions) -> Optional.of(Set.of(bucket % partitions))))
                .process(new Supplier());
        return builder.build();
    }

    /** The differences of a return, one packed record for each bucket of members. */
    private static final class Packed implements Differences.Emit<Integer, byte[]> {
        private final Packing[] packings =
                IntStream.range(0, BUCKETS).mapToObj(bucket -> new Packing()).toArray(Packing[]::new);

        @Override
        public void emit(
                String period, List<Table> differences, long timestamp, ProcessorContext<Integer, byte[]> context) {
            Table[] split = new Table[BUCKETS];
            for (Table table : differences) {
                for (int i = 0; i < table.members.size(); i++) {
                    String member = table.members.get(i);
                    int bucket = Math.floorMod(31 * member.hashCode() + table.dimension.hashCode(), BUCKETS);
                    if (split[bucket] == null) {
                        split[bucket] = new Table(table.indicator, table.dimension);
                    }
                    split[bucket].add(member, table.values[i]);
                }
                for (int bucket = 0; bucket < BUCKETS; bucket++) {
                    if (split[bucket] != null) {
                        Packing packing = packings[bucket];
                        split[bucket].pack(packing.isEmpty() ? packing.text(period) : packing);
                        split[bucket] = null;
                    }
                }
            }
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                if (!packings[bucket].isEmpty()) {
                    context.forward(new Record<>(bucket, packings[bucket].take(), timestamp));
                }
            }
        }
    }

    /** Second step: the totals of a bucket. */
    private static final class Totals implements Processor<Integer, byte[], Void, Void> {
        private KeyValueStore<String, Long> totals;

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            totals = context.getStateStore(TOTALS);
        }

        @Override
        public void process(Record<Integer, byte[]> record) {
            Packing.Reader in = new Packing.Reader(record.value());
            String period = in.text();
            while (in.hasMore()) {
                String indicator = in.text();
                String start = period + '|' + in.text() + '|';
                for (long left = in.number(); left > 0; left--) {
                    String cell = start + in.text() + '|' + indicator;
                    Long before = totals.get(cell);
                    long total = in.number() + (before == null ? 0 : before);
                    totals.put(cell, total);
                    Cells.changed(cell, total);
                }
            }
        }
    }

    private static final class Supplier implements ProcessorSupplier<Integer, byte[], Void, Void> {
        @Override
        public Processor<Integer, byte[], Void, Void> get() {
            return new Totals();
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            // Cached: a cell that changes often within a commit goes once into the changelog.
            return Set.of(Stores.keyValueStoreBuilder(
                            Stores.inMemoryKeyValueStore(TOTALS), Serdes.String(), Serdes.Long())
                    .withCachingEnabled());
        }
    }
}
