package vrs.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What this job needs of an accepted or withdrawn return; everything else in the event is skipped unread. */
final class Return {
    private static final JsonFactory JSON = new JsonFactory();
    private static final long JUDGEMENTS = 1_000_000;

    String series;
    String cycle;
    boolean part;
    private long revision;
    private long judgement;
    List<Table> tables = List.of();

    /** (revision, judgement) as one number: the higher is the newer. */
    long order() {
        return revision * JUDGEMENTS + judgement;
    }

    static Return read(byte[] value) {
        Return read = new Return();
        try (JsonParser json = JSON.createParser(value)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken token = json.nextToken();
                switch (name) {
                    case "series" -> read.series = json.getText();
                    case "cycle" -> read.cycle = json.getText();
                    case "agency" -> read.part = token != JsonToken.VALUE_NULL;
                    case "revision" -> read.revision = json.getLongValue();
                    case "judgement" -> read.judgement = json.getLongValue();
                    case "figures" -> read.tables = figures(json);
                    default -> json.skipChildren();
                }
            }
        } catch (IOException error) {
            throw new IllegalArgumentException("an event that cannot be read", error);
        }
        return read;
    }

    /** [[indicator, dimension, member, value], …] by table. */
    private static List<Table> figures(JsonParser json) throws IOException {
        Map<String, Table> tables = new LinkedHashMap<>();
        Table table = new Table("", "");
        while (json.nextToken() == JsonToken.START_ARRAY) {
            json.nextToken();
            boolean same = holds(json, table.indicator);
            String indicator = same ? table.indicator : json.getText();
            json.nextToken();
            same &= holds(json, table.dimension);
            if (!same) {
                String dimension = json.getText();
                table = tables.computeIfAbsent(indicator + '|' + dimension, key -> new Table(indicator, dimension));
            }
            String member = json.nextTextValue();
            table.add(member, json.nextLongValue(0));
            json.nextToken();
        }
        return new ArrayList<>(tables.values());
    }

    /** Whether the parser stands at this text, without making a string of it: a figure mostly follows one of its table. */
    private static boolean holds(JsonParser json, String text) throws IOException {
        int length = json.getTextLength();
        if (length != text.length()) {
            return false;
        }
        char[] characters = json.getTextCharacters();
        int offset = json.getTextOffset();
        for (int i = 0; i < length; i++) {
            if (characters[offset + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
