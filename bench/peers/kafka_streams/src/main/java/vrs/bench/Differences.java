package vrs.bench;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** First step: the last return of each series is kept, and what a newer one changes is handed on. */
final class Differences<K, V> implements Processor<String, byte[], K, V> {
    private static final String STORE = "contributions";

    /** Hands on what a return changes. */
    interface Emit<K, V> {
        void emit(String period, List<Table> differences, long timestamp, ProcessorContext<K, V> context);
    }

    private final Emit<K, V> emit;
    private final Packing packing = new Packing();
    private ProcessorContext<K, V> context;
    private KeyValueStore<String, byte[]> contributions;

    private Differences(Emit<K, V> emit) {
        this.emit = emit;
    }

    static <K, V> ProcessorSupplier<String, byte[], K, V> supplier(Supplier<Emit<K, V>> emit) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, byte[], K, V> get() {
                return new Differences<>(emit.get());
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(
                        Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray()));
            }
        };
    }

    @Override
    public void init(ProcessorContext<K, V> context) {
        this.context = context;
        contributions = context.getStateStore(STORE);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        Header type = record.headers().lastHeader("ce_type");
        String kind = type == null ? "" : new String(type.value(), StandardCharsets.UTF_8);
        if (!kind.equals("vrs.report.accepted.v1") && !kind.equals("vrs.report.withdrawn.v1")) {
            return;
        }
        Return read = Return.read(record.value());
        if (read.part) {
            return;
        }
        List<Table> before = List.of();
        byte[] stored = contributions.get(read.series);
        if (stored != null) {
            Packing.Reader in = new Packing.Reader(stored);
            if (in.number() >= read.order()) {
                return;
            }
            before = Table.unpack(in);
        }
        packing.number(read.order());
        read.tables.forEach(table -> table.pack(packing));
        contributions.put(read.series, packing.take());
        emit.emit(read.cycle, Table.difference(before, read.tables), record.timestamp(), context);
    }
}
