import type { FastifyInstance } from 'fastify';

export interface AllowedMethods {
  /** methods of the routes that a path has; none when it has no route */
  of(path: string): string[];
}

/** Collects the routes as they are registered, to tell a wrong method (405 with Allow) from a path that is not there. */
export function collectMethods(server: FastifyInstance): AllowedMethods {
  const methodsByTemplate = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByTemplate.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsByTemplate.set(url, methods);
  });
  return {
    of: (path) => {
      const matching = [...methodsByTemplate].filter(([template]) => matches(template, path));
      return [...new Set(matching.flatMap(([, methods]) => [...methods]))].sort();
    },
  };
}

function matches(template: string, path: string): boolean {
  const wanted = template.split('/');
  const given = path.split('/');
  return (
    !template.includes('*') &&
    wanted.length === given.length &&
    wanted.every((segment, index) => (segment.startsWith(':') ? given[index] !== '' : segment === given[index]))
  );
}
