/** Logical ids of serverless.yml -> the names of the tables that the benchmarks make. */
export const TABLE_NAMES = { DefinitionsTable: 'definitions-bench', JobsTable: 'jobs-bench' };
