import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { SimyardError } from '#libs/errors';

/** Query of one entity, as TMF630 has it. */
export class FieldsQuery {
  /** attributes of the first level, by comma; all when left out */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  fields?: string;
}

/** These an entity always has. */
const naming: readonly string[] = ['id', 'href', '@type'];

/**
 * Leaves of entities what a query asks for, and what names them. Throws REQUEST_INVALID for what no such entity has.
 * @param what the entity's name, for that error
 */
export function selectFields<Body extends object>(
  { fields }: Pick<FieldsQuery, 'fields'>,
  attributes: readonly string[],
  what: string,
): (body: Body) => Partial<Body> {
  if (fields === undefined) return (body) => body;
  const wanted = fields.split(',').map((name) => name.trim());
  const known = new Set([...naming, ...attributes]);
  const unknown = wanted.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    const problems = unknown.map((name) => ({ field: 'fields', problem: `${name} is unknown` }));
    throw new SimyardError('REQUEST_INVALID', {
      message: `fields has what no ${what} has.`,
      details: { field: 'fields', problems },
    });
  }
  const kept = new Set([...naming, ...wanted]);
  const isKept = ([name]: [string, unknown]): boolean => kept.has(name);
  return (body) => Object.fromEntries(Object.entries(body).filter(isKept)) as Partial<Body>;
}
