import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { accept } from './accept.js';

/** One wrong field: its path (`sim.iccid`, `resources.0.type`) and what is wrong with it. */
export interface FieldProblem {
  field: string;
  problem: string;
}

/**
 * Validates plain JSON against a class and returns the instance, or the problems by field.
 * `unknownProperties: 'refuse'` serves REST; `'ignore'` strips them, so that a newer Kafka producer works.
 */
export function validateData<T extends object>(
  dataClass: new () => T,
  plain: unknown,
  options: { unknownProperties: 'refuse' | 'ignore' },
): { data: T; problems: [] } | { data?: undefined; problems: FieldProblem[] } {
  if (plain === null || typeof plain !== 'object' || Array.isArray(plain)) {
    return { problems: [{ field: '', problem: 'must be a JSON object' }] };
  }
  const accepted = accept(dataClass, plain, options.unknownProperties);
  if (accepted !== undefined) return { data: accepted, problems: [] };
  const data = plainToInstance(dataClass, plain);
  const errors = validateSync(data, {
    whitelist: true,
    forbidNonWhitelisted: options.unknownProperties === 'refuse',
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
  });
  if (errors.length > 0) return { problems: errors.flatMap((error) => flatten(error, '')) };
  return { data, problems: [] };
}

function flatten(error: ValidationError, parent: string): FieldProblem[] {
  const field = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((problem) => ({ field, problem }));
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, field))];
}
