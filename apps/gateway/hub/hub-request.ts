import { IsOptional, IsString, MaxLength } from 'class-validator';
import { maxTextLength } from '#libs/contracts';
import { problemOfQuery, type CallbackFacade, type Subscription } from '#libs/callbacks';
import { SimyardError } from '#libs/errors';
import { readAs } from '../http/read-request.js';

/** Body of POST /hub, as TMF630 has it. */
export class HubRequest {
  /** public https URL */
  @IsString()
  @MaxLength(2048)
  callback!: string;

  /** which events; all of them without it */
  @IsOptional()
  @IsString()
  @MaxLength(maxTextLength)
  query?: string;
}

/** Throws REQUEST_INVALID, also for a query that is not understood: its events would be others than the caller thinks. */
export function readHubRequest(
  body: unknown,
  facade: CallbackFacade = 'cmo',
): { callback: string; query: string | null } {
  const { callback, query } = readAs(HubRequest, body);
  // An empty query filters nothing.
  if (query === undefined || query === '') return { callback, query: null };
  const problem = problemOfQuery(query, facade);
  if (problem !== undefined) {
    throw new SimyardError('REQUEST_INVALID', { details: { problems: [{ field: 'query', problem }] } });
  }
  return { callback, query };
}

/** A subscription as JSON; a query that was not given is left out. */
export const hubBody = ({ subscriptionId: id, callback, query }: Subscription): Record<string, unknown> => ({
  id,
  callback,
  ...(query !== null && { query }),
});
