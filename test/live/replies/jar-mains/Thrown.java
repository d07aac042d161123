package dinghy.mains;

import java.util.concurrent.CompletionException;
import org.apache.flink.client.program.ProgramInvocationException;
import org.apache.flink.configuration.IllegalConfigurationException;

/** What a main() may throw: with words and frames that look like a failure before any main(). */
final class Thrown {
    private Thrown() {}

    private static final String LIKE_A_TRACE =
            "Could not parse value 'abc' for key 'parallelism.default'.\n"
                    + "\tat org.apache.flink.configuration.Configuration.getOptional(Configuration.java:456)\n"
                    + "\tat org.apache.flink.runtime.webmonitor.handlers.JarRunHandler.handleRequest(JarRunHandler.java:100)\n"
                    + "\tat org.apache.flink.runtime.webmonitor.handlers.JarRunHandler.handleRequest(JarRunHandler.java:50)\n"
                    + "\t... 7 more\n"
                    + "\nEnd of exception on server side>\n"
                    + "Caused by: java.lang.IllegalArgumentException: Could not parse value 'abc'";

    static Throwable of(String what) {
        switch (what) {
            case "illegal":
                return new IllegalArgumentException("mischief");
            case "config":
                return new IllegalConfigurationException("Could not parse value 'abc' for key 'parallelism.default'.");
            case "error":
                return new Error("mischief");
            case "memory":
                return new OutOfMemoryError("mischief");
            case "noclass":
                return new NoClassDefFoundError("dinghy/Mischief");
            case "frameless":
                return without(new Error("mischief"));
            case "framelessRuntime":
                return without(new IllegalStateException("mischief"));
            case "deep":
                return deep();
            case "program":
                return new ProgramInvocationException(
                        "Neither a 'Main-Class', nor a 'program-class' entry was found in the jar file.");
            case "completion":
                return new CompletionException(new IllegalStateException("mischief"));
            case "likeTrace":
                return new IllegalStateException(LIKE_A_TRACE);
            case "likeTraceError":
                return without(new Error(LIKE_A_TRACE));
            case "submission":
                return new IllegalStateException("Failed to execute job 'x'");
            case "elsewhere":
                return elsewhere();
            case "suppressed":
                Throwable both = new IllegalStateException("mischief");
                both.addSuppressed(new Error("another"));
                return both;
            default:
                return new RuntimeException(what);
        }
    }

    static void now() {
        if (System.nanoTime() != 0) {
            throw new IllegalStateException("mischief in the initializer");
        }
    }

    private static Throwable without(Throwable error) {
        error.setStackTrace(new StackTraceElement[0]);
        return error;
    }

    private static Throwable deep() {
        try {
            down(0);
            return new IllegalStateException("not deep enough");
        } catch (StackOverflowError error) {
            return error;
        }
    }

    private static int down(int n) {
        return down(n + 1) + 1;
    }

    /** With the frames of another thread. */
    private static Throwable elsewhere() {
        Throwable[] caught = new Throwable[1];
        Thread thread = new Thread(() -> caught[0] = new Error("mischief in a thread"));
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException error) {
            return error;
        }
        return caught[0];
    }
}
