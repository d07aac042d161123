// Refuses a deployment with unknown, invalid or missing settings, before anything is built or sent.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const tsx = require('tsx/cjs/api');
const { checkStack } = require('./check-stack.cjs');
const { refusal } = require('./refusal.cjs');
const { readStage } = require('./stage-settings.cjs');
const { checkSetting, TEMPLATE_SETTINGS } = require('./template-settings.cjs');

const CONFIG = join(__dirname, '../lib/config.ts');
const SUGGEST = join(__dirname, '../lib/domain/suggest.ts');
const OUTPUT = 'SettingsGiven';

/** lib/ is TypeScript, and ESM. */
const load = (file) => tsx.require(file, __filename);

/** Name of a setting -> its variable in functions, and whether a variable of the shell may set it. */
function readNames(file) {
  const text = readFileSync(file, 'utf8');
  const used = [...text.matchAll(/(\w+): \$\{param:(\w+)(?:, env:(\w+))?/g)];
  return new Map(
    used.map(([, key, name, ofShell]) => [name, { variable: ofShell ?? key, isOfShell: ofShell !== undefined }]),
  );
}

module.exports = class CheckSettings {
  constructor(serverless, options) {
    this.serverless = serverless;
    this.stage = options.stage ?? serverless.service.provider.stage;
    this.names = readNames(join(serverless.serviceDir, serverless.configurationFilename));
    this.hooks = {
      'before:package:initialize': () => this.checkAll(),
      'before:deploy:deploy': () =>
        checkStack(serverless, { stage: this.stage, given: this.givenNames(), output: OUTPUT }),
    };
  }

  async checkAll() {
    await this.checkNames();
    this.checkTemplateSettings();
    await this.checkEnvironment();
    const { resources } = this.serverless.service;
    resources.Outputs[OUTPUT] = {
      Description: 'Settings of this deployment: the next one must have them too',
      Value: this.givenNames().join(',') || '-',
    };
  }

  /** With --param, in the file of the stage, or by a variable of the shell. */
  givenNames() {
    const isInShell = ({ variable, isOfShell }) => isOfShell && process.env[variable] !== undefined;
    const inShell = [...this.names].filter(([, setting]) => isInShell(setting)).map(([name]) => name);
    return [...new Set([...this.params(), ...this.inFile(), ...inShell])].sort();
  }

  params() {
    return (this.serverless.processedInput.options.param ?? []).map((item) => item.split('=')[0]);
  }

  inFile() {
    return Object.keys(readStage(this.stage));
  }

  async checkNames() {
    const { didYouMean } = await load(SUGGEST);
    for (const [where, names] of [
      ['--param', this.params()],
      [`stages/${this.stage}.yml`, this.inFile()],
    ]) {
      const unknown = names.find((name) => !this.names.has(name));
      if (unknown === undefined) continue;
      const hint = didYouMean(unknown, [...this.names.keys()]);
      throw refusal(`${where}: there is no setting "${unknown}".${hint} See docs/operate/settings.md.`);
    }
  }

  checkTemplateSettings() {
    const { settings } = this.serverless.service.custom;
    for (const name of Object.keys(TEMPLATE_SETTINGS)) checkSetting(name, settings[name]);
  }

  /** The errors that functions would give to every caller, before the deployment. */
  async checkEnvironment() {
    const { readConfig } = await load(CONFIG);
    try {
      readConfig(this.serverless.service.provider.environment);
    } catch (error) {
      if (error.code !== 'config.invalid') throw error;
      throw refusal(
        error.message.replace(/deployment's setting (\w+)/, (text, variable) => {
          const [name] = [...this.names].find(([, setting]) => setting.variable === variable) ?? [];
          return name === undefined ? text : `setting ${name}`;
        }),
      );
    }
  }
};
