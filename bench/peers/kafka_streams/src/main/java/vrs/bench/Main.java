package vrs.bench;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers;

/** Runs one of the two forms, {@code tuned} or {@code per-figure}, until SIGTERM; told what by VRS_BENCH_*. */
public final class Main {
    public static void main(String[] arguments) throws InterruptedException {
        Topology topology = arguments[0].equals("tuned")
                ? Tuned.topology(told("TOPIC"))
                : PerFigure.topology(told("TOPIC"));
        CountDownLatch ended = new CountDownLatch(1);
        try (MongoClient client = MongoClients.create(told("MONGO"))) {
            CommitAfterEffect clients = new CommitAfterEffect(new Cells(client, told("DATABASE")));
            try (KafkaStreams streams = new KafkaStreams(topology, settings(), clients)) {
                streams.setStateListener((now, before) -> {
                    if (now == KafkaStreams.State.ERROR || now == KafkaStreams.State.NOT_RUNNING) {
                        ended.countDown();
                    }
                });
                Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(20))));
                streams.start();
                ended.await();
            }
        }
    }

    private static Properties settings() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, told("GROUP"));
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, told("KAFKA"));
        settings.put(StreamsConfig.STATE_DIR_CONFIG, told("STATE"));
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, told("FLUSH_MS"));
        settings.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        settings.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.LongSerde.class);
        // Two: while one waits for the database the other works on.
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
        // Nothing is evicted between two commits, so a cell goes once a commit into changelog and database.
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 256L << 20);
        // A return is up to half a megabyte: the default of 1,000 for each of twelve partitions is gigabytes.
        settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 64);
        // The state fits into memory, and the changelog keeps it; RocksDB costs CPU and keeps it once more.
        settings.put(StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG, InMemoryDslStoreSuppliers.class);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 << 10);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 50);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L << 20);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 8 << 20);
        return settings;
    }

    private static String told(String name) {
        String value = System.getenv("VRS_BENCH_" + name);
        if (value == null) {
            throw new IllegalArgumentException("VRS_BENCH_" + name + " is not set");
        }
        return value;
    }
}
