/*
 * Says in one line that this Node is too old, and ends the process. It runs before anything else, so any Node must be able to
 * read it: nothing newer than ES5 here, and in dinghy.cjs.
 */
'use strict';

var fs = require('fs');
var path = require('path');

var PACKAGE = JSON.parse(fs.readFileSync(path.join(__dirname, '../package.json'), 'utf8'));

/** null: this version is new enough. Only package.json has the oldest one. */
function nodeProblem(version) {
  var oldest = PACKAGE.engines.node.replace(/^>=/, '');
  if (!isOlder(numbersOf(version), numbersOf(oldest))) return null;
  return (
    'Dinghy needs Node ' + oldest + ' or later, and this is Node ' + version + '. Install a newer one, then try again.'
  );
}

function numbersOf(version) {
  return version.split('.').map(Number);
}

function isOlder(numbers, others) {
  for (var i = 0; i < others.length; i++) {
    if (numbers[i] !== others[i]) return numbers[i] < others[i];
  }
  return false;
}

module.exports = nodeProblem;

var problem = nodeProblem(process.versions.node);
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}
