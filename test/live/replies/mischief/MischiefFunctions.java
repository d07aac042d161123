package dinghy.mischief;

import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.functions.AggregateFunction;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.functions.TableFunction;
import org.apache.flink.table.types.inference.TypeInference;

/** Functions that can't be used, each for a reason of its own. */
public final class MischiefFunctions {
    private MischiefFunctions() {}

    public static class Fine extends ScalarFunction {
        public Long eval(Long x) {
            return x;
        }
    }

    public static class NoEval extends ScalarFunction {}

    public static class PrivateEval extends ScalarFunction {
        private Long eval(Long x) {
            return x;
        }
    }

    public static class StaticEval extends ScalarFunction {
        public static Long eval(Long x) {
            return x;
        }
    }

    public static class ObjectEval extends ScalarFunction {
        public Object eval(Object x) {
            return x;
        }
    }

    public static class TwoResults extends ScalarFunction {
        public Long eval(Long x) {
            return x;
        }

        public String eval(String x) {
            return x;
        }
    }

    public abstract static class AbstractFunction extends ScalarFunction {
        public abstract Long eval(Long x);
    }

    static class HiddenFunction extends ScalarFunction {
        public Long eval(Long x) {
            return x;
        }
    }

    public static class WithArgument extends ScalarFunction {
        public WithArgument(String needed) {}

        public Long eval(Long x) {
            return x;
        }
    }

    public class Inner extends ScalarFunction {
        public Long eval(Long x) {
            return x;
        }
    }

    public static class NotWritable extends ScalarFunction {
        private final Object held = new Object();

        public Long eval(Long x) {
            return x + held.hashCode();
        }
    }

    public static class NoAccumulator extends AggregateFunction<Long, Object> {
        @Override
        public Object createAccumulator() {
            return new Object();
        }

        @Override
        public Long getValue(Object accumulator) {
            return 0L;
        }
    }

    public static class NoRows extends TableFunction<Object> {
        public void eval(Long x) {
            collect(new Object());
        }
    }

    public static class NotAFunction {}

    /** Fails where its subclasses say; they are made for each test. */
    public abstract static class Troubled extends ScalarFunction {
        private final String where;
        private final String what;

        protected Troubled(String where, String what) {
            this.where = where;
            this.what = what;
            Trouble.at("constructor", where, what);
        }

        public Long eval(Long x) {
            Trouble.at("eval", where, what);
            return x;
        }

        @Override
        public void open(FunctionContext context) throws Exception {
            Trouble.at("functionOpen", where, what);
        }

        @Override
        public boolean isDeterministic() {
            Trouble.at("deterministic", where, what);
            return true;
        }

        @Override
        public TypeInference getTypeInference(DataTypeFactory types) {
            Trouble.at("typeInference", where, what);
            return super.getTypeInference(types);
        }

        private void writeObject(java.io.ObjectOutputStream out) throws java.io.IOException {
            Trouble.at("functionWrite", where, what);
            out.defaultWriteObject();
        }
    }
}
