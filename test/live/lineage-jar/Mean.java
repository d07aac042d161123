package demo;

import org.apache.flink.table.functions.AggregateFunction;

/** An aggregate of two columns. */
public class Mean extends AggregateFunction<Double, Mean.Sum> {
  public static class Sum {
    public double value;
    public long weight;
  }

  @Override
  public Sum createAccumulator() {
    return new Sum();
  }

  @Override
  public Double getValue(Sum sum) {
    return sum.weight == 0 ? null : sum.value / sum.weight;
  }

  public void accumulate(Sum sum, Double value, Long weight) {
    sum.value += value * weight;
    sum.weight += weight;
  }

  public void retract(Sum sum, Double value, Long weight) {
    sum.value -= value * weight;
    sum.weight -= weight;
  }
}
