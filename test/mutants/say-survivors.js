/** A plugin of StrykerJS: says each survivor when it is found, so that a run that is broken off was not for nothing. */
import { readFileSync } from 'node:fs';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

class SaySurvivors {
  onMutantTested({ status, fileName, location, mutatorName, replacement }) {
    if (status !== 'Survived' && status !== 'NoCoverage') return;
    const { start, end } = location;
    const line = readFileSync(fileName, 'utf8').split('\n')[start.line - 1] ?? '';
    const was = line.slice(start.column - 1, end.line === start.line ? end.column - 1 : undefined);
    console.log(`${status} ${fileName}:${start.line}:${start.column} ${mutatorName}\n- ${was}\n+ ${replacement}`);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'say-survivors', SaySurvivors)];
