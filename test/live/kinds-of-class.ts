/** Which of our kinds a statement may be that Flink's parser makes this class of. First match counts. */
const KINDS: readonly (readonly [RegExp, RegExp])[] = [
  [/^SqlExecute RichSqlInsert$/, /^EXECUTE INSERT$/],
  [/^SqlExecute SqlStatementSet$/, /^EXECUTE STATEMENT SET$/],
  [/^SqlExecute /, /^EXECUTE SELECT$/],
  // Calcite's own explain also reads DESCRIBE of a query.
  [/^SqlExplain$/, /^(EXPLAIN|DESCRIBE)$/],
  [/^SqlRichExplain$/, /^EXPLAIN$/],
  [/^SqlCreateTableAs$/, /^CREATE TABLE AS$/],
  [/^SqlReplaceTableAs$/, /^(CREATE|REPLACE) TABLE AS$/],
  [/^SqlCreateTable(Like)?$/, /^CREATE TABLE$/],
  [/^SqlCreate(OrAlter)?MaterializedTable$/, /^CREATE MATERIALIZED TABLE$/],
  [/^SqlAlterMaterializedTable/, /^ALTER MATERIALIZED TABLE$/],
  [/^SqlDropMaterializedTable$/, /^DROP MATERIALIZED TABLE$/],
  [/^SqlCreateModelAs$/, /^CREATE MODEL AS$/],
  [/^SqlAlterTable|^Sql(Add|Drop)Partitions$/, /^ALTER TABLE$/],
  [/^SqlShow/, /^SHOW$/],
  [/^Sql(Rich)?Describe/, /^DESCRIBE$/],
  [/^SqlUseDatabase$/, /^USE$/],
  [/^RichSqlInsert$/, /^(INSERT INTO|INSERT OVERWRITE|UPSERT)$/],
  [/^SqlBeginStatementSet$/, /^BEGIN$/],
  [/^SqlEndStatementSet$/, /^END$/],
  [/^SqlSetOption$/, /^ALTER$/],
  [/^SqlWith$/, /^WITH$/],
  [/^SqlSelect$/, /^SELECT$/],
  [/^SqlOrderBy$/, /^(SELECT|WITH|VALUES|TABLE)$/],
  [/^SqlBasicCall$/, /^(SELECT|WITH|VALUES|TABLE|CALL)$/],
];

export function kindsOfClass(name: string): RegExp {
  const found = KINDS.find(([classes]) => classes.test(name));
  return found?.[1] ?? new RegExp(`^${wordsOf(name)}$`);
}

/** "SqlCreateCatalog" is CREATE CATALOG; ALTER has a class for each of its forms. */
function wordsOf(name: string): string {
  const words = name
    .replace(/^Sql/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase();
  return words.startsWith('ALTER ') ? words.split(' ').slice(0, 2).join(' ') : words;
}
