// `params` of serverless.yml: the content of stages/<stage>.yml, only of the stage that is deployed.
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');
const { refusal } = require('./refusal.cjs');

const FOLDER = join(__dirname, '../stages');
const DEFAULT_STAGE = 'dev';

/** @param {string} stage */
function readStage(stage, folder = FOLDER) {
  const file = join(folder, `${stage}.yml`);
  if (!existsSync(file)) return {};
  const settings = parseFile(stage, readFileSync(file, 'utf8')) ?? {};
  const isMap = typeof settings === 'object' && !Array.isArray(settings);
  if (!isMap) throw refusal(`stages/${stage}.yml must be a map of settings: write each as "name: value".`);
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, toText(stage, name, value)]));
}

function parseFile(stage, text) {
  try {
    return parse(text);
  } catch (error) {
    throw refusal(`stages/${stage}.yml is not valid YAML: ${error.message}`);
  }
}

/** In the form of --param: a list with commas, Flink's options as JSON. */
function toText(stage, name, value) {
  if (Array.isArray(value)) return value.join(',');
  if (value === null) throw refusal(`stages/${stage}.yml: "${name}" has no value. Give one, or leave the line out.`);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

module.exports = ({ options }) => ({ default: readStage(options.stage ?? DEFAULT_STAGE) });
module.exports.readStage = readStage;
