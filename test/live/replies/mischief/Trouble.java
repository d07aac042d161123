package dinghy.mischief;

import java.net.ConnectException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.exceptions.CatalogException;

/** Throws what a test asks for, at the place that a test asks for. */
public final class Trouble {
    private Trouble() {}

    /** Text that looks like the trace of a failed submission. */
    private static final String LIKE_A_SUBMISSION =
            "quoted\n\tat org.apache.flink.streaming.api.environment.StreamExecutionEnvironment.executeAsync(StreamExecutionEnvironment.java:1)\nCaused by: java.lang.Error: Failed to execute sql";

    /** Text that looks like a trace of nothing that matters. */
    private static final String LIKE_A_TRACE =
            "quoted\n\tat com.example.Some.thing(Some.java:1)\n\t... 3 more\nCaused by: java.lang.Error: within a message\n\tat com.example.Other.thing(Other.java:1)\nthe end";

    public static void at(String place, Map<String, String> options) {
        at(place, options.getOrDefault("at", ""), options.getOrDefault("throws", "runtime"));
    }

    public static void at(String place, String where, String what) {
        if (place.equals(where)) Trouble.<RuntimeException>sneak(make(what));
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static Throwable make(String what) {
        switch (what) {
            case "illegal":
                return new IllegalArgumentException("mischief: an illegal argument");
            case "state":
                return new IllegalStateException("mischief: an illegal state");
            case "table":
                return new TableException("mischief: a table exception");
            case "validation":
                return new ValidationException("mischief: a validation exception");
            case "catalog":
                return new CatalogException("mischief: a catalog exception");
            case "npe":
                return new NullPointerException();
            case "unsupported":
                return new UnsupportedOperationException();
            case "error":
                return new Error("mischief: an error");
            case "memory":
                return new OutOfMemoryError("mischief: no memory");
            case "noclass":
                return new NoClassDefFoundError("dinghy/mischief/Missing");
            case "checked":
                return new Exception("mischief: a checked exception");
            case "connect":
                return new RuntimeException("mischief: a service is away", new ConnectException("Connection refused"));
            case "elsewhere":
                return elsewhere();
            case "submissionText":
                return new TableException("Failed to execute sql", new RuntimeException("mischief"));
            case "likeSubmission":
                return new RuntimeException(LIKE_A_SUBMISSION);
            case "likeTrace":
                return new RuntimeException(LIKE_A_TRACE);
            case "frameless":
                return new Frameless();
            case "deep":
                return deep(2000);
            case "suppressed":
                return suppressed();
            default:
                return new RuntimeException("mischief: a runtime exception");
        }
    }

    /** The cause comes from another thread. */
    private static Throwable elsewhere() {
        CompletableFuture<Void> asked =
                CompletableFuture.supplyAsync(
                        () -> {
                            throw new IllegalStateException("mischief: asked elsewhere", new TimeoutException());
                        });
        try {
            asked.get();
            return new Error("not reached");
        } catch (ExecutionException | InterruptedException e) {
            return new RuntimeException(e);
        }
    }

    private static Throwable suppressed() {
        RuntimeException thrown = new RuntimeException("mischief: with others", new ConnectException("first"));
        thrown.addSuppressed(new IllegalStateException("mischief: while closing", new TimeoutException("slow")));
        return thrown;
    }

    /** Deeper than the JVM keeps frames. */
    private static Throwable deep(int level) {
        return level == 0 ? new RuntimeException("mischief: from deep below") : deep(level - 1);
    }

    private static final class Frameless extends RuntimeException {
        Frameless() {
            super("mischief: without frames", new IllegalStateException("mischief: with frames"), false, false);
        }
    }
}
