/** The parts that every function has: settings, clock, ids and log. Nothing here needs the AWS SDK. */
import { jsonLog } from '../adapters/log/json-log.ts';
import { systemClock, systemIds } from '../adapters/system.ts';
import { readConfig } from '../config.ts';
import { once } from '../domain/once.ts';

export const config = once(() => readConfig(process.env));
export const clock = once(systemClock);
export const ids = once(systemIds);
export const log = once(() =>
  jsonLog({ level: config().logLevel, service: config().service, metrics: config().metrics }),
);
export const machine = once(() => ({ ids: ids(), clock: clock(), log: log() }));

/** For functions whose callers AWS has authenticated. */
export const eventContext = once(() => ({ timeZone: config().timeZone, clock: clock(), log: log() }));
