/**
 * A plugin of StrykerJS. Emptying a text that only people read is no mutant worth a test: the words of a message of an
 * AppError (its code counts), of a line of the log, and of what a schema says of a value that does not fit.
 */
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

const WHY = 'words of a message or of a log line';

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'message-texts', {
    shouldIgnore: (path) => (isText(path.node) && isForPeople(path) ? WHY : undefined),
  }),
];

const isText = (node) => node.type === 'StringLiteral' || node.type === 'TemplateLiteral';

/** Looks upwards as long as the text can still become part of the same argument. */
function isForPeople(path) {
  let argument = path;
  while (['BinaryExpression', 'ConditionalExpression', 'TemplateLiteral'].includes(argument.parent?.type ?? '')) {
    argument = argument.parentPath;
  }
  const { parent, key } = argument;
  if (parent?.type === 'NewExpression') return parent.callee.name === 'AppError' && key > 0;
  return parent?.type === 'CallExpression' && (isLog(parent.callee) || isSchemaMessage(parent.callee, key));
}

/** Of valibot: `v.string('text')`, `v.array(item, 'a list')`; not `v.literal('jar')`. */
function isSchemaMessage({ type, object, property }, key) {
  if (type !== 'MemberExpression' || object.name !== 'v') return false;
  return key > 0 || ['string', 'number', 'integer', 'boolean'].includes(property.name);
}

function isLog({ type, object }) {
  if (type !== 'MemberExpression') return false;
  return object.name === 'log' || object.property?.name === 'log';
}
