package dinghy.test;

import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The example job, whose main() says in the JobManager's log for which job id it runs: so every run of it is counted. */
public final class CountedJob {
  private CountedJob() {}

  public static void main(String[] args) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    String jobId =
        env.getConfiguration()
            .get(ConfigOptions.key("$internal.pipeline.job-id").stringType().noDefaultValue());
    System.out.println("main() of " + jobId);
    dinghy.example.NumbersJob.main(args);
  }
}
