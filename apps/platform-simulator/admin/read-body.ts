import { validateData } from '#libs/contracts';
import { SimyardError } from '#libs/errors';

/** A body or query as an instance of its class; throws REQUEST_INVALID that names each wrong field. */
export function read<T extends object>(dataClass: new () => T, plain: unknown): T {
  const { data, problems } = validateData(dataClass, plain ?? {}, { unknownProperties: 'refuse' });
  if (data === undefined) throw new SimyardError('REQUEST_INVALID', { details: { problems } });
  return data;
}

/** The attributes that were given: an instance has them all, those that were not as undefined. */
export function given<T extends object>(data: T): Pick<T, keyof T> {
  const present = Object.entries(data).filter(([, value]) => value !== undefined && value !== null);
  // Only optional attributes can be absent from validated data.
  return Object.fromEntries(present) as Pick<T, keyof T>;
}

export function refuse(field: string, problem: string): SimyardError {
  return new SimyardError('REQUEST_INVALID', { details: { problems: [{ field, problem }] } });
}

/** What is there of an optional thing; throws NOT_FOUND. */
export function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new SimyardError('NOT_FOUND');
  return thing;
}
