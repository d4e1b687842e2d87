package vrs.bench;

import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.WriteModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;

/**
 * Totals on their way to the database: gathered by a stream thread, written as absolute values before it commits.
 *
 * <p>A total is changed by one task alone, so each thread gathers its own and needs no lock.
 */
final class Cells {
    private static final ThreadLocal<Map<String, Long>> CHANGED = ThreadLocal.withInitial(HashMap::new);
    private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);
    private static final ReplaceOptions UPSERT = new ReplaceOptions().upsert(true);

    private final MongoCollection<BsonDocument> collection;

    Cells(MongoClient client, String database) {
        // As the service beside it: written is what a majority has on disk.
        collection = client.getDatabase(database)
                .getCollection("cells", BsonDocument.class)
                .withWriteConcern(WriteConcern.MAJORITY.withJournal(true));
    }

    /** Gather a total; the last of a cell counts. */
    static void changed(String cell, long total) {
        CHANGED.get().put(cell, total);
    }

    /** What the calling thread has gathered was not to be: its transaction is aborted. */
    static void forget() {
        CHANGED.get().clear();
    }

    /** Write what the calling thread has gathered. */
    void write() {
        Map<String, Long> changed = CHANGED.get();
        if (changed.isEmpty()) {
            return;
        }
        List<WriteModel<BsonDocument>> writes = new ArrayList<>(changed.size());
        changed.forEach((cell, total) -> {
            BsonString id = new BsonString(cell);
            BsonDocument document = new BsonDocument("_id", id).append("value", new BsonInt64(total));
            writes.add(new ReplaceOneModel<>(Filters.eq(id), document, UPSERT));
        });
        collection.bulkWrite(writes, UNORDERED);
        changed.clear();
    }
}
