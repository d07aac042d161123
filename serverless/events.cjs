// The routes of API Gateway, for each function, from the one list of routes. Each has a second path, in which a key travels.

const routes = require('../lib/http/routes.json');

const KEY = '/k/{key}';

/** @param {string} name of a function */
const eventsOf = (name) =>
  routes
    .filter((route) => route.function === name)
    .flatMap(({ methods, path }) => methods.flatMap((method) => [`${method} ${path}`, `${method} ${KEY}${path}`]));

const fallback = ['/openapi', '/openapi/{proxy+}'].flatMap((path) => [`ANY ${path}`, `ANY ${KEY}${path}`]);

const events = Object.fromEntries(
  [...new Set(routes.map((route) => route.function))].map((name) => [name, eventsOf(name)]),
);

module.exports = Object.fromEntries(
  Object.entries({ ...events, fallback: [...(events.fallback ?? []), ...fallback] }).map(([name, keys]) => [
    name,
    keys.map((httpApi) => ({ httpApi })),
  ]),
);
