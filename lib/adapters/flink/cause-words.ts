/** Which messages of Flink say nothing to the author of the task, and what the others name. */
import { standsIn } from '../../domain/stands-in.ts';

/** Flink puts these around every failure of some kind, without information about it. */
const SAYS_NOTHING: readonly RegExp[] = [
  /^SQL (?:validation|parse) failed\.?$/,
  /^Failed to (?:fetchResults|configure session|deploy script to cluster)\.$/,
  /^Failed to execute the operation [\w-]{36}\.$/,
  /^Failed to execute sql$/,
  // The name of the job, which is the task's.
  /^Failed to execute job '/,
  /^Failed to submit (?:JobGraph|ExecutionPlan|job)\.$/,
  /^Failed to (?:fetch next result|fetch job execution result|wait job finish)$/,
  /^Fail to wait execution finish\.$/,
  /^Could not (?:start the JobMaster|execute application)\.$/,
  /^Could not complete the operation\. Number of retries has been exhausted\.$/,
  /^Error while (?:waiting for job to be initialized|retrieving result\.)$/,
  /^Job (?:execution failed\.|failed \(JobID: )/,
  /^Recovery is suppressed by /,
  /^(?:Error in serialization\.|An error has occurred\.|unexpected exception type)$/,
  /^Could not serialize (?:stream nodes$|stream node [\w-]+$|object for key )/,
  /^(?:One or more fetchers have encountered exception|SplitFetcher thread \d+ received unexpected exception while polling the records)$/,
  /^(?:Could not forward element to next operator|Failed to start the operator coordinator)$/,
  /^(?:Exception while creating StreamOperatorStateContext\.|Failed when trying to restore \w+ backend)$/,
  // Dinghy has named the cluster, so its name says nothing.
  /^Could(?:n't deploy Yarn Application Cluster| not create Kubernetes cluster ".{0,100}"\.)$/,
  /^Could(?:n't retrieve standalone cluster| not create the RestClusterClient\.)$/,
  /^Error in extracting a signature to output mapping\.$/,
  /^Object \S+@[0-9a-f]+ is not serializable$/,
];

/** All parts of the object: its name is enough, as "(catalogName: [shop])". */
const PARTS = /\((\w{1,40}Name: \[[^\]]{1,200}\]), .*\)$/;

export function withoutParts(message: string): string {
  return message.slice(0, MAX_READ).replace(PARTS, '($1)');
}

/** The part of a text that is read. */
const MAX_READ = 1_000;

export function saysNothing(message: string): boolean {
  const read = message.slice(0, MAX_READ);
  return SAYS_NOTHING.some((known) => known.test(read));
}

/** The class of a cause below, and Flink's prefix of a parser's message. */
const PREFIXES =
  /^(?:SQL (?:validation|parse) failed\. (?=\S)|The main method caused an error: |(?:[a-z][\w$]*\.){2,}[A-Z][\w$]*: )+/;
const ENUM = /^Could not parse value for enum class \S{1,200} (?=Expected one of)/;
const NO_MESSAGE = /^(?:null|(?:[a-z][\w$]*\.){2,}[A-Z][\w$]*(?:Exception|Error))$/;

export function withoutPrefixes(message: string): string {
  const bare = message.replace(PREFIXES, '').replace(ENUM, '');
  // The end of a reply that is quoted with its brackets.
  const said = bare.endsWith(']') && !bare.includes('[') ? bare.slice(0, -1) : bare;
  return NO_MESSAGE.test(said) ? '' : said;
}

/** Only as a whole word: a text with an f does not name the function `f`. */
export function standsAlone(name: string, text: string): boolean {
  const [first, last] = [name.charAt(0), name.slice(-1)];
  return standsIn(name, text, (before, after) => !isOneWord(before + first) && !isOneWord(last + after.charAt(0)));
}

const isOneWord = (pair: string): boolean => /\w\w/.test(pair);

/** Texts in quotes or brackets, paths, and a word after the last colon. */
const NAMES = /'([^']{1,200})'|"([^"]{1,200})"|`([^`]{1,200})`|\[([^\][]{1,200})\]|(?<=:\s)(\S{1,200})$/g;
/** A path of names in backquotes is a row of them: `a`.`b`. */
const QUOTED_PATH = /'(`[^']{1,200}`)'/g;

export function namesIn(message: string): string[] {
  const read = message.slice(0, MAX_READ).replace(QUOTED_PATH, '$1');
  return [...read.matchAll(NAMES)].flatMap((found) => found.slice(1).filter(Boolean));
}

const OPTIONS = /\.? (?:Table|Catalog|Model) options are:/;
const OPTION = /'([^']{1,200})'='([^']{0,300})'/g;
const MAX_OPTIONS = 2_000;
const MAX_OPTIONS_SHOWN = 120;

/**
 * Flink repeats all options of a table. Told are those that `inside`, the causes below, speak of; where it speaks of none, the
 * first of them, as one is likely to blame.
 */
export function withoutOptions(message: string, inside: string): string {
  const found = OPTIONS.exec(message.slice(0, MAX_READ));
  if (found === null) return message;
  const about = message.slice(0, found.index);
  const options = [...message.slice(found.index, found.index + MAX_OPTIONS).matchAll(OPTION)];
  const spoken = options.filter(([, key = '', value = '']) => speaksOf(inside, key) || speaksOf(inside, value));
  const shown = fitting((spoken.length > 0 ? spoken : options).map(([option]) => option));
  return shown === '' ? about : `${about} (${shown})`;
}

/** Words of a few letters stand in any text. */
const MIN_UNQUOTED = 6;

function speaksOf(inside: string, word: string): boolean {
  if (word.trim() === '') return false;
  const quoted = [`'${word}'`, `"${word}"`, `[${word}]`];
  return quoted.some((one) => inside.includes(one)) || (word.length >= MIN_UNQUOTED && inside.includes(word));
}

function fitting(options: readonly string[]): string {
  let length = 0;
  const kept = options.filter((option) => (length += option.length + 2) <= MAX_OPTIONS_SHOWN);
  return [...kept, ...(kept.length < options.length ? ['…'] : [])].join(', ');
}
