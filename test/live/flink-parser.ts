import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STATE_DIR } from '../../local/paths.ts';

/** What Flink's own parser makes of texts; null where it refuses one. */
export interface FlinkParser {
  /** The class of each statement of each text. */
  statements(texts: readonly string[]): (readonly string[] | null)[];
  tokens(texts: readonly string[]): (readonly FlinkToken[] | null)[];
  close(): void;
}

export interface FlinkToken {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

const SOURCE = fileURLToPath(new URL('./parser/FlinkParser.java', import.meta.url));
const PLANNER = 'flink-table-planner.jar';

/** Needs the jars of that version, which the Flink behind a test project has fetched, and a JDK. */
export function flinkParser(version: string): FlinkParser {
  const lib = join(STATE_DIR, 'flink', version, 'lib');
  const dir = mkdtempSync(join(tmpdir(), 'dinghy-parser-'));
  const loader = join(lib, `flink-table-planner-loader-${version}.jar`);
  // The planner is a jar within its loader's jar.
  execFileSync(jdkTool('jar'), ['xf', loader, PLANNER], { cwd: dir });
  cpSync(SOURCE, join(dir, 'FlinkParser.java'));
  const classPath = [join(dir, PLANNER), join(lib, '*')].join(':');
  execFileSync(jdkTool('javac'), ['-nowarn', '-cp', classPath, '-d', dir, join(dir, 'FlinkParser.java')]);
  const ask = (mode: string, texts: readonly string[]): (string[] | null)[] => {
    const input = texts.map((text) => `${Buffer.from(text).toString('base64')}\n`).join('');
    const args = ['-Xmx512m', '-XX:+UseSerialGC', '-cp', `${dir}:${classPath}`, 'FlinkParser', mode];
    const output = execFileSync(jdkTool('java'), args, { input, maxBuffer: 1 << 28, encoding: 'utf8' });
    const answers = output.split('\n').slice(0, -1);
    if (answers.length !== texts.length) throw new Error(`${answers.length} answers to ${texts.length} texts`);
    return answers.map((answer) => (answer.startsWith('OK') ? answer.split('\t').slice(1) : null));
  };
  return {
    statements: (texts) => ask('statements', texts),
    tokens: (texts) => ask('tokens', texts).map((fields) => fields?.map(toToken) ?? null),
    close: () => {
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function toToken(field: string): FlinkToken {
  const [line = '', column = '', image = ''] = field.split(':');
  return { line: Number(line), column: Number(column), text: Buffer.from(image, 'base64').toString() };
}

function jdkTool(name: string): string {
  const home = process.env['JAVA_HOME'];
  const inHome = home === undefined ? '' : join(home, 'bin', name);
  return existsSync(inHome) ? inHome : name;
}
