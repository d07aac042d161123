/** Jars in memory: where they are kept, and what a JobManager does with them. Held to the real Flink by jars.contract.ts. */
import { AppError } from '../../lib/domain/errors.ts';
import type { JarRunner, JarSource } from '../../lib/domain/ports.ts';
import type { JarRun, LocalJar } from '../../lib/domain/run/jar.ts';

/** What is known of an upload: the content's hash, by the id that the JobManager gave. */
export interface FakeJars extends JarRunner {
  readonly uploaded: Map<string, string>;
  /** Every address that was asked. */
  readonly addresses: Set<string>;
  readonly runs: { readonly jarId: string; readonly what: JarRun }[];
}

export type JarCall = 'findJar' | 'uploadJar' | 'runJar';
export type Around = <T>(call: JarCall, detail: string, signal: AbortSignal, work: () => T) => Promise<T>;

export type Main = 'starts' | 'nothing' | 'failsBefore' | 'failsAfter';

const MAINS: Readonly<Record<string, Main>> = {
  'dinghy.example.NumbersJob': 'starts',
  'dinghy.test.BadMains$FailsBefore': 'failsBefore',
  'dinghy.test.BadMains$FailsAfter': 'failsAfter',
  'dinghy.test.BadMains$StartsNothing': 'nothing',
};

/** `submit`: hands a job to the JobManager, which refuses a second one under an id. */
export function fakeJars(around: Around, submit: (jobId: string, what: JarRun) => void): FakeJars {
  const uploaded = new Map<string, string>();
  const runs: { jarId: string; what: JarRun }[] = [];
  const addresses = new Set<string>();
  return {
    uploaded,
    addresses,
    runs,
    find: (address, sha256, signal) =>
      around('findJar', sha256, signal, () => {
        addresses.add(address);
        return [...uploaded].find(([, known]) => known === sha256)?.[0] ?? null;
      }),
    upload: (address, jar, signal) =>
      around('uploadJar', jar.sha256, signal, () => {
        addresses.add(address);
        const id = `upload-${uploaded.size + 1}_${jar.sha256}_${jar.name}`;
        uploaded.set(id, jar.sha256);
        return id;
      }),
    run: (address, jarId, what, signal) =>
      around('runJar', what.jobId, signal, () => {
        addresses.add(address);
        runs.push({ jarId, what });
        if (!uploaded.has(jarId)) throw new AppError('flink.jarGone', 'The JobManager has lost the jar.');
        runMain(what, submit);
      }),
  };
}

/** What the main() of a class does. Throws what Flink says of a class that is not in the jar. */
export function mainOf(entryClass: string | null): Main {
  const main = MAINS[entryClass ?? 'dinghy.example.NumbersJob'];
  if (main !== undefined) return main;
  const text = `The program's entry point class '${entryClass}' was not found in the jar file.`;
  throw new AppError('flink.rejected', text);
}

function runMain(what: JarRun, submit: (jobId: string, what: JarRun) => void): void {
  const { entryClass, jobId } = what;
  const main = mainOf(entryClass);
  if (main === 'nothing') {
    throw new AppError('flink.rejected', 'main() ended without starting a job: it must call execute() once.');
  }
  if (main === 'starts' || main === 'failsAfter') submit(jobId, what);
  if (main === 'starts') return;
  throw new AppError('flink.mainFailed', 'main() failed: IllegalStateException: something in main()');
}

export interface FakeJarSource extends JarSource {
  /** Content's hash by URI. */
  readonly kept: Map<string, string>;
  /** Jars that were given out and not given back. */
  readonly held: () => number;
  fault: (uri: string, signal: AbortSignal) => Promise<void> | void;
}

export function fakeJarSource(kept: Readonly<Record<string, string>> = {}): FakeJarSource {
  let held = 0;
  const source: FakeJarSource = {
    kept: new Map(Object.entries(kept)),
    held: () => held,
    fault: () => undefined,
    read: async (uri, signal) => {
      await source.fault(uri, signal);
      const sha256 = source.kept.get(uri);
      if (sha256 === undefined) throw new AppError('jar.invalid', `The jar ${uri} does not exist. Check its URL.`);
      held += 1;
      return {
        sha256,
        name: 'job.jar',
        sizeBytes: 1_000,
        path: `/nowhere/${sha256}`,
        release: once(() => (held -= 1)),
      };
    },
  };
  return source;
}

function once(work: () => void): LocalJar['release'] {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}
