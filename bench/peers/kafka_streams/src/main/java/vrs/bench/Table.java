package vrs.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures of one indicator and dimension: members and values side by side. */
final class Table {
    final String indicator;
    final String dimension;
    final List<String> members = new ArrayList<>();
    long[] values = new long[16];

    Table(String indicator, String dimension) {
        this.indicator = indicator;
        this.dimension = dimension;
    }

    void add(String member, long value) {
        if (members.size() == values.length) {
            values = Arrays.copyOf(values, 2 * values.length);
        }
        values[members.size()] = value;
        members.add(member);
    }

    void pack(Packing out) {
        out.text(indicator).text(dimension).number(members.size());
        for (int i = 0; i < members.size(); i++) {
            out.text(members.get(i)).number(values[i]);
        }
    }

    static List<Table> unpack(Packing.Reader in) {
        List<Table> tables = new ArrayList<>();
        while (in.hasMore()) {
            Table table = new Table(in.text(), in.text());
            for (long left = in.number(); left > 0; left--) {
                table.add(in.text(), in.number());
            }
            tables.add(table);
        }
        return tables;
    }

    /** What has to be added to the totals so that {@code after} counts in place of {@code before}; no zeros. */
    static List<Table> difference(List<Table> before, List<Table> after) {
        if (before.isEmpty()) {
            return after;
        }
        Map<String, Table> olds = new LinkedHashMap<>();
        before.forEach(table -> olds.put(table.indicator + '|' + table.dimension, table));
        List<Table> differences = new ArrayList<>();
        for (Table now : after) {
            Table old = olds.remove(now.indicator + '|' + now.dimension);
            differences.add(old == null ? now : now.minus(old));
        }
        for (Table gone : olds.values()) {
            differences.add(new Table(gone.indicator, gone.dimension).minus(gone));
        }
        return differences;
    }

    private Table minus(Table old) {
        Map<String, Long> before = new HashMap<>(2 * old.members.size());
        for (int i = 0; i < old.members.size(); i++) {
            before.put(old.members.get(i), old.values[i]);
        }
        Table difference = new Table(indicator, dimension);
        for (int i = 0; i < members.size(); i++) {
            Long was = before.remove(members.get(i));
            difference.addUnlessZero(members.get(i), values[i] - (was == null ? 0 : was));
        }
        before.forEach((member, was) -> difference.addUnlessZero(member, -was));
        return difference;
    }

    private void addUnlessZero(String member, long value) {
        if (value != 0) {
            add(member, value);
        }
    }
}
