// In a file of its own: an old Node does not know import().
'use strict';

const { existsSync, readFileSync, statSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const BUNDLE = join(ROOT, 'dist', 'dinghy.mjs');

// The bundle starts three times as fast. In a checkout, sources that are newer than the bundle are used instead.
function isUpToDate() {
  try {
    const madeAt = statSync(BUNDLE).mtimeMs;
    if (!existsSync(join(ROOT, '.git'))) return true;
    const inputs = JSON.parse(readFileSync(join(ROOT, 'dist', 'inputs.json'), 'utf8'));
    return inputs.every((path) => statSync(join(ROOT, path)).mtimeMs <= madeAt);
  } catch {
    // Any error: there is no bundle, or not all of it.
    return false;
  }
}

if (isUpToDate()) import('../dist/dinghy.mjs');
else import('./dinghy.mjs');
