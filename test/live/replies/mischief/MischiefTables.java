package dinghy.mischief;

import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSink;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.sink.DataStreamSinkProvider;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;

/** A connector that fails where it is told to. */
public class MischiefTables implements DynamicTableSourceFactory, DynamicTableSinkFactory {
    static final ConfigOption<String> AT = ConfigOptions.key("at").stringType().noDefaultValue();
    static final ConfigOption<String> THROWS = ConfigOptions.key("throws").stringType().noDefaultValue();

    @Override
    public String factoryIdentifier() {
        return "mischief";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return new HashSet<>();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return new HashSet<>(Arrays.asList(AT, THROWS));
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        Map<String, String> options = context.getCatalogTable().getOptions();
        Trouble.at("createSource", options);
        return new Source(options);
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        Map<String, String> options = context.getCatalogTable().getOptions();
        Trouble.at("createSink", options);
        return new Sink(options);
    }

    private static final class Source implements ScanTableSource {
        private final Map<String, String> options;

        Source(Map<String, String> options) {
            this.options = options;
        }

        @Override
        public ChangelogMode getChangelogMode() {
            Trouble.at("sourceChangelog", options);
            return ChangelogMode.insertOnly();
        }

        @Override
        public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
            Trouble.at("scanProvider", options);
            return new DataStreamScanProvider() {
                @Override
                public DataStream<RowData> produceDataStream(ProviderContext providing, StreamExecutionEnvironment env) {
                    Trouble.at("produceStream", options);
                    return null;
                }

                @Override
                public boolean isBounded() {
                    Trouble.at("bounded", options);
                    return true;
                }
            };
        }

        @Override
        public DynamicTableSource copy() {
            Trouble.at("copySource", options);
            return new Source(options);
        }

        @Override
        public String asSummaryString() {
            return "mischief";
        }
    }

    private static final class Sink implements DynamicTableSink {
        private final Map<String, String> options;

        Sink(Map<String, String> options) {
            this.options = options;
        }

        @Override
        public ChangelogMode getChangelogMode(ChangelogMode requested) {
            Trouble.at("sinkChangelog", options);
            return ChangelogMode.insertOnly();
        }

        @Override
        public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
            Trouble.at("sinkProvider", options);
            return new DataStreamSinkProvider() {
                @Override
                public DataStreamSink<?> consumeDataStream(ProviderContext providing, DataStream<RowData> stream) {
                    Trouble.at("consumeStream", options);
                    return stream.map(new Late(options)).print();
                }
            };
        }

        @Override
        public DynamicTableSink copy() {
            Trouble.at("copySink", options);
            return new Sink(options);
        }

        @Override
        public String asSummaryString() {
            return "mischief";
        }
    }

    /** Can be written when the stream is built, but not when the job is. */
    private static final class Late implements MapFunction<RowData, String> {
        private final String where;
        private final String what;

        Late(Map<String, String> options) {
            where = options.getOrDefault("at", "");
            what = options.getOrDefault("throws", "runtime");
        }

        @Override
        public String map(RowData row) {
            Trouble.at("map", where, what);
            return "row";
        }

        private void writeObject(ObjectOutputStream out) throws java.io.IOException {
            boolean early =
                    Arrays.stream(Thread.currentThread().getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().equals("consumeDataStream"));
            Trouble.at(early ? "writeEarly" : "writeLate", where, what);
            out.defaultWriteObject();
        }
    }
}
