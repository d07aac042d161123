/** The data folder of a local stack, with the file that it writes when it is ready. */
import { stackFileIn } from '../../cli/running-stack.ts';
import { folder } from './folder.ts';

const STACK = {
  pid: process.pid,
  apiUrl: 'http://127.0.0.1:9',
  restUrl: 'http://127.0.0.1:1',
  gatewayUrl: 'http://127.0.0.1:2',
  dynamodbUrl: 'http://127.0.0.1:3',
  auth: 'none',
};

/** A number that no system gives to a process. */
export const DEAD_PID = 2 ** 30;

/** `more`: what is different of a running stack; null: no file at all. */
export function stackFolder(more: object | null = {}): string {
  return folder(more === null ? {} : { [stackFileIn('')]: JSON.stringify({ ...STACK, ...more }) });
}

/** The words of the command that mean it. */
export function stackOptions(more?: object | null): string[] {
  return ['--local', '--data-dir', stackFolder(more)];
}
