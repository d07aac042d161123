package dinghy.mischief;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.RowLevelModificationScanContext;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.abilities.SupportsRowLevelDelete;
import org.apache.flink.table.connector.sink.abilities.SupportsRowLevelUpdate;
import org.apache.flink.table.factories.DynamicTableSinkFactory;

/** A connector whose rows may be updated and deleted, in batch. */
public class ChangedTables implements DynamicTableSinkFactory {
    @Override
    public String factoryIdentifier() {
        return "mischief-rows";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return new HashSet<>();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return new HashSet<>();
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        return new Sink();
    }

    private static final class Sink implements DynamicTableSink, SupportsRowLevelUpdate, SupportsRowLevelDelete {
        @Override
        public ChangelogMode getChangelogMode(ChangelogMode requested) {
            return ChangelogMode.all();
        }

        @Override
        public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
            throw new UnsupportedOperationException("mischief: no rows are written here");
        }

        @Override
        public DynamicTableSink copy() {
            return new Sink();
        }

        @Override
        public String asSummaryString() {
            return "mischief-rows";
        }

        @Override
        public RowLevelUpdateInfo applyRowLevelUpdate(
                List<Column> columns, RowLevelModificationScanContext context) {
            return new RowLevelUpdateInfo() {};
        }

        @Override
        public RowLevelDeleteInfo applyRowLevelDelete(RowLevelModificationScanContext context) {
            return new RowLevelDeleteInfo() {};
        }
    }
}
