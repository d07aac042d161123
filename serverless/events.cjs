// The routes of API Gateway for each function, from routes.json. Each has a second path with a key in it.

const routes = require('../lib/http/routes.json');
const { authorizerOf, modeOf } = require('./auth.cjs');

const KEY = '/k/{key}';

const twice = (method, path) => [`${method} ${path}`, `${method} ${KEY}${path}`];

/** All other paths. */
const unknown = ['/openapi', '/openapi/{proxy+}'].map((path) => ({ methods: ['ANY'], path, function: 'fallback' }));

/** A route without a verb is open to all. */
const eventsOf = ({ methods, path, verb }, authorizer) =>
  methods
    .flatMap((method) => twice(method, path))
    .map((httpApi) => {
      if (authorizer === undefined || verb === null) return { httpApi };
      const [method, route] = httpApi.split(' ');
      return { httpApi: { method, path: route, authorizer } };
    });

module.exports = async ({ resolveVariable }) => {
  const authorizer = authorizerOf(await modeOf(resolveVariable));
  const events = {};
  for (const route of [...routes, ...unknown]) {
    (events[route.function] ??= []).push(...eventsOf(route, authorizer));
  }
  return events;
};
