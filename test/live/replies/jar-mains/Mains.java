package dinghy.mains;

import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/** Mains that fail in many places. Each says first that it ran: the JobManager's log is the ledger. */
public final class Mains {
    private Mains() {}

    private static void ran(String[] args) {
        System.out.println("main() of " + args[0]);
        System.out.flush();
    }

    private static StreamExecutionEnvironment environment() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.fromSequence(0, 3).print();
        return env;
    }

    /** A job that is well, if its options are. */
    public static final class Fine {
        public static void main(String[] args) throws Exception {
            ran(args);
            environment().execute("fine");
        }
    }

    public static final class FineTable {
        public static void main(String[] args) throws Exception {
            ran(args);
            StreamTableEnvironment table =
                    StreamTableEnvironment.create(StreamExecutionEnvironment.getExecutionEnvironment());
            table.executeSql("CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole')");
            table.executeSql("INSERT INTO snk VALUES (1)");
        }
    }

    public static final class BadSql {
        public static void main(String[] args) throws Exception {
            ran(args);
            StreamTableEnvironment table =
                    StreamTableEnvironment.create(StreamExecutionEnvironment.getExecutionEnvironment());
            table.executeSql("SELECT nothing FROM nowhere");
        }
    }

    public static final class ThrowsBefore {
        public static void main(String[] args) throws Throwable {
            ran(args);
            throw Thrown.of(args[1]);
        }
    }

    public static final class ThrowsInEnvironment {
        public static void main(String[] args) throws Throwable {
            ran(args);
            environment();
            throw Thrown.of(args[1]);
        }
    }

    public static final class ThrowsAfter {
        public static void main(String[] args) throws Throwable {
            ran(args);
            environment().executeAsync("before it throws");
            throw Thrown.of(args[1]);
        }
    }

    public static final class NoOperators {
        public static void main(String[] args) throws Exception {
            ran(args);
            StreamExecutionEnvironment.getExecutionEnvironment().execute();
        }
    }

    public static final class SameUid {
        public static void main(String[] args) throws Exception {
            ran(args);
            StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
            DataStream<Long> numbers = env.fromSequence(0, 3);
            numbers.print().uid("same");
            numbers.print().uid("same");
            env.execute();
        }
    }

    public static final class NotWritable {
        public static void main(String[] args) throws Exception {
            ran(args);
            StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
            Object lock = new Object();
            env.fromSequence(0, 3).filter(n -> lock.hashCode() > n).print();
            env.execute();
        }
    }

    public static final class StartsTwo {
        public static void main(String[] args) throws Exception {
            ran(args);
            environment().execute("first of two");
            environment().execute("second of two");
        }
    }

    public static final class StartsNothing {
        public static void main(String[] args) {
            ran(args);
        }
    }

    /** Fails before main(), but in the program's own code. */
    public static final class InitFails {
        static {
            System.out.println("main() of " + System.getProperty("dinghy.never", "InitFails"));
            Thrown.now();
        }

        public static void main(String[] args) {
            ran(args);
        }
    }

    /** Starts its job while its class is initialized. */
    public static final class InitStarts {
        static {
            System.out.println("main() of InitStarts");
            try {
                environment().executeAsync("from the initializer");
            } catch (Exception error) {
                throw new IllegalStateException(error);
            }
            Thrown.now();
        }

        public static void main(String[] args) {
            ran(args);
        }
    }

    public static final class NoMain {}

    static final class HiddenMain {
        public static void main(String[] args) {
            ran(args);
        }
    }

    public static final class InstanceMain {
        public void main(String[] args) {
            ran(args);
        }
    }

    public static class ExtendsMissing extends Missing {
        public static void main(String[] args) {
            ran(args);
        }
    }

    public static class Missing {}
}
