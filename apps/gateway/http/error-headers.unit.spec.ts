import { describe, expect, it } from '@jest/globals';
import { errorHeaders } from './error-headers.js';

describe('the headers of an error', () => {
  it('name the operation that holds the lock, where the facade shows it', () => {
    const locked = { code: 'LOCKED', details: { operationId: 'o-1' } };
    expect(errorHeaders(locked)).toEqual({ 'retry-after': '2', link: '</admin/v1/operations/o-1>; rel="related"' });
    expect(errorHeaders(locked, (id) => `/call/${id}`)).toMatchObject({ link: '</call/o-1>; rel="related"' });
    expect(errorHeaders({ code: 'LOCKED' })).toEqual({ 'retry-after': '2' });
  });

  it('say when to come again after a fault that passes, and how to authenticate', () => {
    expect(errorHeaders({ code: 'DATABASE_UNAVAILABLE' })).toEqual({ 'retry-after': '2' });
    expect(errorHeaders({ code: 'UNAUTHENTICATED' })).toEqual({ 'www-authenticate': 'Bearer realm="simyard"' });
    expect(errorHeaders({ code: 'RESOURCE_IN_USE', details: { operationId: 'o-1' } })).toEqual({});
  });
});
