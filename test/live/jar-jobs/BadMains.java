package dinghy.test;

import java.util.List;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Mains that do what the main of a job should not. */
public final class BadMains {
  private BadMains() {}

  public static final class FailsBefore {
    public static void main(String[] args) {
      try {
        throw new java.net.ConnectException("Connection refused: " + String.join("|", args));
      } catch (java.net.ConnectException cause) {
        throw new IllegalStateException("the settings could not be read", cause);
      }
    }
  }

  public static final class FailsAfter {
    public static void main(String[] args) throws Exception {
      StreamExecutionEnvironment env = environment();
      env.executeAsync("fails after");
      throw new IllegalStateException("something after the job");
    }
  }

  public static final class StartsNothing {
    public static void main(String[] args) {
      environment();
    }
  }

  public static final class StartsTwo {
    public static void main(String[] args) throws Exception {
      StreamExecutionEnvironment env = environment();
      env.execute("first of two");
      env.fromSequence(0, Long.MAX_VALUE).print();
      env.execute("second of two");
    }
  }

  public static final class NoMain {}

  private static StreamExecutionEnvironment environment() {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.fromData(List.of(1)).print();
    return env;
  }
}
