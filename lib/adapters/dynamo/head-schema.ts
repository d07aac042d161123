/**
 * The shape of a head as it is stored. Polls read heads most of all, so the schema is made once. What earlier versions did
 * not write is optional; what a newer version adds is passed over, and no update removes it.
 */
import * as v from 'valibot';
import type { Principal } from '../../domain/access/principal.ts';
import type { Deployment } from '../../domain/options/own-cluster.ts';
import type { ActiveRun } from '../../domain/run/active-run.ts';
import type { Follows, Restart } from '../../domain/run/restart-marks.ts';
import type { RunEvent, RunHead, RunSlot } from '../../domain/run/run.ts';
import type { SavepointWish } from '../../domain/run/savepoint-trigger.ts';
import type { InstanceStatus } from '../../domain/run/status.ts';
import {
  countField,
  flagField,
  idField,
  oneOf,
  orNull,
  smallNumber,
  taskIdField,
  textField,
  timeField,
} from './read-item.ts';

const time = orNull(timeField);
const text = orNull(textField);

const status = oneOf<InstanceStatus>({
  ...{ INITIALIZING: null, CREATED: null, RUNNING: null, FAILING: null, CANCELLING: null, RESTARTING: null },
  ...{ SUSPENDED: null, RECONCILING: null, FINISHED: null, FAILED: null, CANCELED: null, UNKNOWN: null, VOID: null },
});

const deployment = v.object(
  { type: textField, name: textField, namespace: text, clusterId: text, jobManager: text } satisfies Fields<Deployment>,
  'a map',
);

const principal = v.object(
  {
    kind: oneOf<Principal['kind']>({ key: null, iam: null, jwt: null, none: null, schedule: null }),
    ...{ name: textField, keyId: text, sourceIp: text, requestId: textField },
  } satisfies Fields<Principal>,
  'a map',
);

const event = v.object(
  {
    ...{ seq: countField, at: timeField, status, cause: textField, by: textField },
    who: v.exactOptional(textField),
    principal: v.exactOptional(principal),
    count: v.exactOptional(countField),
  } satisfies Fields<RunEvent>,
  'a map',
);

const savepoint = v.object(
  {
    type: oneOf<SavepointWish['type']>({ trigger: null, stop: null, cancel: null }),
    ...{
      triggerId: textField,
      askedAt: timeField,
      askedBy: textField,
      firstSentAt: time,
      sentAt: time,
      missedAt: time,
      doneAt: time,
    },
    state: oneOf<SavepointWish['state']>({ wanted: null, done: null, failed: null }),
    ...{ path: text, reason: text },
  } satisfies Fields<SavepointWish>,
  'a map',
);

const restart = v.object(
  {
    runId: idField,
    state: oneOf<Restart['state']>({ wanted: null, failed: null }),
    reason: text,
    askedAt: v.exactOptional(timeField),
  } satisfies Fields<Restart>,
  'a map',
);

type Fields<T> = Readonly<Record<keyof T, v.GenericSchema>>;

const head = {
  id: idField,
  v: countField,
  nonce: textField,
  creation: text,
  kind: oneOf<RunHead['kind']>({ job: null, preview: null, none: null }),
  taskId: taskIdField,
  taskVersion: smallNumber,
  fp: textField,
  usedFp: v.exactOptional(textField),
  name: textField,
  step: smallNumber,
  clusterId: orNull(smallNumber),
  hosts: textField,
  address: textField,
  jobId: text,
  status,
  submitStatus: oneOf<RunHead['submitStatus']>({ INITIALIZE: null, SUCCESS: null, FAILED: null, CANCEL: null }),
  writer: textField,
  createdBy: textField,
  principal: v.exactOptional(principal),
  slot: v.exactOptional(v.object({ schedule: textField, at: timeField } satisfies Fields<RunSlot>, 'a map')),
  intentAt: timeField,
  sends: countField,
  open: v.array(countField, 'a list'),
  sentAt: timeField,
  jmId: text,
  highAvailability: flagField,
  forgetsEnded: v.optional(flagField, false),
  haCluster: text,
  once: flagField,
  savePointPath: text,
  deployment: orNull(deployment),
  refusal: text,
  sqlRefusedSend: orNull(countField),
  otherJobId: text,
  savepoint: orNull(savepoint),
  restart: orNull(restart),
  follows: orNull(
    v.object({ runId: idField, isWaiting: flagField, isGiven: flagField } satisfies Fields<Follows>, 'a map'),
  ),
  cancelAskedAt: time,
  cancelAskedBy: text,
  missedAt: time,
  missedBy: orNull(v.object({ jmId: text, address: textField }, 'a map')),
  shownBy: text,
  lostAfterMs: orNull(countField),
  givenUpFor: orNull(idField),
  twinSince: time,
  triedAt: time,
  triedWhy: text,
  endSeenAt: time,
  unreachableSince: time,
  lastSeenAt: time,
  refreshedAt: time,
  answeredAt: time,
  finishedAt: time,
  error: text,
  restarts: orNull(countField),
  active: text,
  events: v.array(event, 'a list'),
} satisfies Fields<RunHead>;

export const headSchema: v.GenericSchema<unknown, RunHead> = v.object(head);

/** The attributes of a head in the index `active`. */
const { id, hosts, jobId, intentAt, cancelAskedAt, missedAt, unreachableSince } = head;
const active = { id, hosts, jobId, status, intentAt, cancelAskedAt, missedAt, unreachableSince };
export const activeRunSchema: v.GenericSchema<unknown, ActiveRun> = v.object({
  ...active,
  active: head.active,
  deployment: head.deployment,
} satisfies Fields<ActiveRun>);
