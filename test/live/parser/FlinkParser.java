import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.StringJoiner;
import org.apache.calcite.config.Lex;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.flink.sql.parser.impl.FlinkSqlParserImpl;
import org.apache.flink.sql.parser.impl.FlinkSqlParserImplConstants;
import org.apache.flink.sql.parser.impl.FlinkSqlParserImplTokenManager;
import org.apache.flink.sql.parser.impl.SimpleCharStream;
import org.apache.flink.sql.parser.impl.Token;
import org.apache.flink.sql.parser.validate.FlinkSqlConformance;

/**
 * Flink's own reading of SQL, for tests. Each line of the input is a text in Base64; each line of the output is what Flink
 * makes of it: "OK", then fields between tabs, or "REFUSED" and the first line of the reason.
 *
 * <p>statements: the class of each statement. tokens: line, column and image (Base64) of each token.
 */
public class FlinkParser {

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, "UTF-8");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String text = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
            out.println(answer(text, args[0].equals("tokens")));
        }
        out.flush();
    }

    private static String answer(String text, boolean tokens) {
        try {
            return tokens ? tokens(text) : statements(text);
        } catch (Throwable refusal) {
            return "REFUSED\t" + String.valueOf(refusal.getMessage()).split("\\R")[0].replace('\t', ' ');
        }
    }

    private static String statements(String text) throws Exception {
        SqlParser.Config config =
                SqlParser.config()
                        .withParserFactory(FlinkSqlParserImpl.FACTORY)
                        .withConformance(FlinkSqlConformance.DEFAULT)
                        .withLex(Lex.JAVA)
                        .withIdentifierMaxLength(256);
        StringJoiner classes = new StringJoiner("\t", "OK\t", "").setEmptyValue("OK");
        for (SqlNode statement : SqlParser.create(text, config).parseStmtList()) {
            classes.add(className(statement));
        }
        return classes.toString();
    }

    /** What an EXECUTE holds is told as well: only with it is its kind known. */
    private static String className(SqlNode statement) {
        String name = statement.getClass().getSimpleName();
        return name.equals("SqlExecute") ? name + " " + className(((SqlCall) statement).operand(0)) : name;
    }

    private static String tokens(String text) {
        FlinkSqlParserImplTokenManager lexer =
                new FlinkSqlParserImplTokenManager(new CharStream(new StringReader(text)));
        lexer.SwitchTo(FlinkSqlParserImplConstants.BTID);
        StringJoiner tokens = new StringJoiner("\t", "OK\t", "").setEmptyValue("OK");
        for (Token token = lexer.getNextToken(); token.kind != 0; token = lexer.getNextToken()) {
            byte[] image = token.image.getBytes(StandardCharsets.UTF_8);
            tokens.add(token.beginLine + ":" + token.beginColumn + ":" + Base64.getEncoder().encodeToString(image));
        }
        return tokens.toString();
    }

    /** Counts a tab as one column, as Flink's parser does. */
    private static final class CharStream extends SimpleCharStream {
        CharStream(StringReader reader) {
            super(reader, 1, 1);
            setTabSize(1);
        }
    }
}
