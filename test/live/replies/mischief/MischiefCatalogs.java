package dinghy.mischief;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.catalog.Catalog;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.CatalogDatabase;
import org.apache.flink.table.catalog.CatalogFunction;
import org.apache.flink.table.catalog.GenericInMemoryCatalog;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.exceptions.DatabaseNotExistException;
import org.apache.flink.table.catalog.exceptions.FunctionNotExistException;
import org.apache.flink.table.catalog.exceptions.TableNotExistException;
import org.apache.flink.table.catalog.stats.CatalogTableStatistics;
import org.apache.flink.table.factories.CatalogFactory;
import org.apache.flink.table.factories.Factory;

/** A catalog that fails where it is told to, once it is open. */
public class MischiefCatalogs implements CatalogFactory {
    @Override
    public String factoryIdentifier() {
        return "mischief";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return new HashSet<>();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return new HashSet<>(Arrays.asList(MischiefTables.AT, MischiefTables.THROWS));
    }

    @Override
    public Catalog createCatalog(Context context) {
        Trouble.at("createCatalog", context.getOptions());
        return new Troubled(context.getName(), context.getOptions());
    }

    private static final class Troubled extends GenericInMemoryCatalog {
        private final Map<String, String> options;

        Troubled(String name, Map<String, String> options) {
            super(name, "db");
            this.options = options;
        }

        @Override
        public void open() {
            Trouble.at("open", options);
            super.open();
        }

        @Override
        public boolean databaseExists(String name) {
            Trouble.at("databaseExists", options);
            return super.databaseExists(name);
        }

        @Override
        public CatalogDatabase getDatabase(String name) throws DatabaseNotExistException {
            Trouble.at("getDatabase", options);
            return super.getDatabase(name);
        }

        @Override
        public List<String> listTables(String database) throws DatabaseNotExistException {
            Trouble.at("listTables", options);
            return super.listTables(database);
        }

        @Override
        public boolean tableExists(ObjectPath path) {
            Trouble.at("tableExists", options);
            return super.tableExists(path);
        }

        @Override
        public CatalogBaseTable getTable(ObjectPath path) throws TableNotExistException {
            Trouble.at("getTable", options);
            return super.getTable(path);
        }

        @Override
        public CatalogFunction getFunction(ObjectPath path) throws FunctionNotExistException {
            Trouble.at("getFunction", options);
            return super.getFunction(path);
        }

        @Override
        public CatalogTableStatistics getTableStatistics(ObjectPath path) throws TableNotExistException {
            Trouble.at("getStatistics", options);
            return super.getTableStatistics(path);
        }

        @Override
        public Optional<Factory> getFactory() {
            Trouble.at("getFactory", options);
            return super.getFactory();
        }

        @Override
        public void createTable(ObjectPath path, CatalogBaseTable table, boolean ignoreIfExists)
                throws org.apache.flink.table.catalog.exceptions.TableAlreadyExistException, DatabaseNotExistException {
            Trouble.at("createTable", options);
            super.createTable(path, table, ignoreIfExists);
        }
    }
}
