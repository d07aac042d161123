/**
 * Who catches must not swallow bugs: an error that is not ours (TypeError and the like) is thrown on, or a comment that
 * begins with "Any error:" says why it need not be.
 */
import ts from 'typescript';

/** Functions that throw on the error they are given: a handler that calls one of them leaves the judgement to it. */
export function judgesIn(path: string, text: string): string[] {
  const found: string[] = [];
  for (const node of parse(path, text).statements) {
    if (!ts.isFunctionDeclaration(node) || node.name === undefined || node.body === undefined) continue;
    const given = node.parameters[0]?.name.getText() ?? null;
    if (given !== null && throwsOn({ caught: given, body: node.body }, false)) found.push(node.name.text);
  }
  return found;
}

/**
 * "path:line" of each place that swallows. Adapters translate what others throw, so there any throw will do. `judges`: see
 * above.
 */
export function swallowingCatches(path: string, text: string, judges: readonly string[] = []): string[] {
  const file = parse(path, text);
  const translates = path.startsWith('lib/adapters/');
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const handler = handlerOf(node);
    const judged = handler !== null && ts.isIdentifier(handler.body) && judges.includes(handler.body.text);
    const swallows = handler !== null && !judged && !throwsOn(handler, translates) && !asks(handler, judges);
    if (swallows && !hasReason(node, text)) {
      found.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

interface Handler {
  /** What the error is called; null when it is not even named. */
  readonly caught: string | null;
  readonly body: ts.Node;
}

function handlerOf(node: ts.Node): Handler | null {
  if (ts.isCatchClause(node)) return { caught: node.variableDeclaration?.name.getText() ?? null, body: node.block };
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return null;
  if (node.expression.name.text !== 'catch' || node.arguments.length !== 1) return null;
  const [handler] = node.arguments;
  if (handler === undefined) return null;
  if (!ts.isArrowFunction(handler)) return { caught: null, body: handler };
  return { caught: handler.parameters[0]?.name.getText() ?? null, body: handler.body };
}

function throwsOn({ caught, body }: Handler, translates: boolean): boolean {
  let throws = false;
  const visit = (node: ts.Node): void => {
    if (ts.isThrowStatement(node)) throws ||= translates || names(node.expression, caught);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return throws;
}

function asks({ caught, body }: Handler, judges: readonly string[]): boolean {
  if (ts.isCallExpression(body) && ts.isIdentifier(body.expression) && judges.includes(body.expression.text)) {
    const [given] = body.arguments;
    if (given !== undefined && ts.isIdentifier(given) && given.text === caught) return true;
  }
  return ts.forEachChild(body, (child) => asks({ caught, body: child }, judges) || undefined) ?? false;
}

/** The error itself, or what is made of it. */
function names(thrown: ts.Node, caught: string | null): boolean {
  if (ts.isIdentifier(thrown) && thrown.text === caught) return true;
  return ts.forEachChild(thrown, (child) => names(child, caught) || undefined) ?? false;
}

const REASON = /\/\/ Any error: \w/;

/** In the handler, or just before the statement that it stands in. */
function hasReason(node: ts.Node, text: string): boolean {
  let statement = node;
  while (!ts.isBlock(statement.parent) && !ts.isSourceFile(statement.parent)) statement = statement.parent;
  const before = text.slice(statement.getFullStart(), statement.getStart());
  const within = ts.isCatchClause(node) ? node.getText() : statement.getText();
  return REASON.test(before) || REASON.test(within);
}
