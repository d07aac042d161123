package demo;

import org.apache.flink.table.functions.ScalarFunction;

/** A function of two columns. */
public class Up extends ScalarFunction {
  public String eval(String text, Long times) {
    return text == null || times == null ? null : text.toUpperCase() + times;
  }
}
