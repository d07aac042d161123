package dinghy.example;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Prints numbers, a few a second, until it is cancelled. What it counts is in its checkpoints, so that it goes on counting
 * from a savepoint.
 *
 * <p>Arguments: {@code --per-second N} and {@code --name NAME}; without a name the job is called as {@code pipeline.name}
 * says, which is the task's name.
 */
public final class NumbersJob {
  private NumbersJob() {}

  public static void main(String[] args) throws Exception {
    double perSecond = Double.parseDouble(argument(args, "--per-second", "1"));
    String name = argument(args, "--name", null);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    GeneratorFunction<Long, Long> same = number -> number;
    DataGeneratorSource<Long> numbers =
        new DataGeneratorSource<>(same, Long.MAX_VALUE, RateLimiterStrategy.perSecond(perSecond), Types.LONG);
    env.fromSource(numbers, WatermarkStrategy.noWatermarks(), "numbers").uid("numbers").print().uid("print");
    if (name == null) {
      env.execute();
    } else {
      env.execute(name);
    }
  }

  private static String argument(String[] args, String key, String otherwise) {
    for (int at = 0; at < args.length; at += 2) {
      if (!args[at].equals(key)) {
        continue;
      }
      if (at + 1 == args.length) {
        throw new IllegalArgumentException(key + " needs a value");
      }
      return args[at + 1];
    }
    return otherwise;
  }
}
