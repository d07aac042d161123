/** What `dinghy completion` prints is understood by the shells that are here, and knows every command and option. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';
import { dinghy } from './api-double.ts';
import { folder } from './folder.ts';

async function script(shell: string): Promise<string> {
  const { code, out, err } = await dinghy(['completion', shell]);
  expect({ code, err }).toEqual({ code: 0, err: [] });
  return out.join('\n');
}

/** What bash offers for the last of these words. */
async function offered(...words: string[]): Promise<string[]> {
  const line = words.map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(dinghy ${line}); COMP_CWORD=${words.length}; _dinghy; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', `${await script('bash')}\n${ask}`], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe('bash', () => {
  it.each([
    [['sub'], ['submit']],
    [['re'], ['restart', 'resolve']],
    [['--v'], ['--version']],
    [['submit', '--sa'], ['--savepoint']],
    [['show', 'ta'], ['tasks']],
    [
      ['list', 'cluster'],
      ['clusters', 'clusterConfigurations'],
    ],
    [
      ['keys', 'r'],
      ['revoke', 'rotate'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', '--help'],
    ],
    [['apply', 'exam'], []],
    [['nonsense', '--'], []],
  ])('%j', async (words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });
});

describe.each(['bash', 'zsh', 'fish'])('%s', (shell) => {
  it('knows every command and every option', async () => {
    const text = await script(shell);
    for (const { name, options } of COMMANDS) {
      expect(text).toContain(name);
      for (const option of options)
        expect(text).toMatch(new RegExp(shell === 'fish' ? `-l ${option} ` : `--${option}\\b`));
    }
  });

  const isHere = spawnSync(shell, ['-c', 'true']).status === 0;
  it.runIf(isHere)('finds no mistake in it', async () => {
    const file = join(folder({ script: await script(shell) }), 'script');
    const { status, stderr } = spawnSync(shell, [shell === 'fish' ? '--no-execute' : '-n', file], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

it('of another shell there is none', async () => {
  const { code, err } = await dinghy(['completion', 'fsh']);
  expect({ code, err }).toEqual({
    code: 1,
    err: ['dinghy: unknown shell "fsh". Did you mean "zsh"? Use bash, zsh, fish.'],
  });
});
