/**
 * Who may call, by the tables. In a module of its own: the function that needs no table for its answers loads it, with the
 * SDK, only when it must look up a caller.
 */
import { accessKeyReader } from '../adapters/dynamo/access-key-reader.ts';
import { dynamoClient } from '../adapters/dynamo/client.ts';
import { dynamoItems, type Items } from '../adapters/dynamo/items.ts';
import { type Config, tableName } from '../config.ts';
import type { Admit } from '../domain/access/admission.ts';
import type { Log } from '../domain/ports.ts';
import { admitByKey, type AdmitDeps } from '../usecases/admit-caller.ts';
import { admitPrincipal } from '../usecases/admit-principal.ts';

type Process = Omit<AdmitDeps, 'keys'>;

export function admitByTables(config: Config, items: Items, process: Process): Admit {
  const { auth } = config;
  const tables = { definitions: tableName(config, 'DEFINITIONS_TABLE'), jobs: tableName(config, 'JOBS_TABLE') };
  const deps = { ...process, keys: accessKeyReader(items, tables) };
  return auth === 'iam' || auth === 'jwt' ? admitPrincipal(deps, auth) : admitByKey(deps);
}

type Dynamo = ReturnType<typeof dynamoClient>;

export function itemsOf({ jobsTable, definitionsTable }: Config, dynamo: Dynamo, log: Log): Items {
  const settings = new Map([
    [jobsTable, 'JOBS_TABLE'],
    [definitionsTable, 'DEFINITIONS_TABLE'],
  ]);
  return dynamoItems(dynamo, { settings, log });
}

/** With a client of its own. */
export function admitAlone(config: Config, process: Process): Admit {
  return admitByTables(config, itemsOf(config, dynamoClient(config.dynamoEndpoint), process.log), process);
}
