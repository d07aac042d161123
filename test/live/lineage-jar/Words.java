package demo;

import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.functions.TableFunction;
import org.apache.flink.types.Row;

/** A table of two columns for each text. */
@FunctionHint(output = @DataTypeHint("ROW<word STRING, size INT>"))
public class Words extends TableFunction<Row> {
  public void eval(String text) {
    for (String word : text.split(" ")) collect(Row.of(word, word.length()));
  }
}
