import { Transform, Type } from 'class-transformer';
import {
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { validateData } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { parseTime } from '../time.js';

const longestText = 255;
const largestVersion = 2 ** 31 - 1;
const largestPage = 1000;
const defaultPage = 100;

/** Postgres knows no NUL. */
const storable = /^[^\0]*$/;

/** RFC 3339 in, Date out. */
const IsTime = (): PropertyDecorator => (target, property) => {
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (parseTime(value) ?? value) : value))(
    target,
    property,
  );
  ValidateBy({
    name: 'isTime',
    validator: {
      validate: (value) => value instanceof Date,
      defaultMessage: () => '$property must be an RFC 3339 time, e.g. 2026-01-31T12:00:00Z',
    },
  })(target, property);
};

/** Query parameters come as texts. */
const IsWhole =
  (min: number, max: number): PropertyDecorator =>
  (target, property) => {
    for (const decorate of [Type(() => Number), IsInt(), Min(min), Max(max)]) decorate(target, property);
  };

const IsName = (): PropertyDecorator => (target, property) => {
  for (const decorate of [IsString(), IsNotEmpty(), MaxLength(longestText), Matches(storable)]) {
    decorate(target, property);
  }
};

class Page {
  @IsOptional()
  @IsWhole(1, largestPage)
  limit: number = defaultPage;
}

export class EntityPath {
  @IsName()
  entityType!: string;

  @IsName()
  entityId!: string;
}

export class EntityQuery {
  @IsOptional()
  @IsTime()
  asOf?: Date;
}

export class HistoryQuery extends Page {
  @IsOptional()
  @IsWhole(0, largestVersion)
  after: number = 0;
}

/** Either a correlation id, or a resource's type and value. */
export class SearchQuery extends Page {
  @ValidateIf((query: SearchQuery) => query.resourceType === undefined && query.resourceValue === undefined)
  @IsName()
  correlationId?: string;

  @ValidateIf((query: SearchQuery) => query.correlationId === undefined)
  @IsName()
  resourceType?: string;

  @ValidateIf((query: SearchQuery) => query.correlationId === undefined)
  @IsName()
  resourceValue?: string;

  /** `next` of the page before: entity type, a slash, entity id */
  @IsOptional()
  @Matches(/^[A-Za-z0-9]{1,64}\/[^\0]{1,255}$/, { message: 'after must be the `next` of the page before' })
  after?: string;
}

export class TransactionPath {
  @IsUUID()
  id!: string;
}

export class ChangesQuery extends Page {
  @IsOptional()
  @IsWhole(0, largestVersion)
  after: number = 0;
}

export class MetricsQuery {
  @IsTime()
  from!: Date;

  @IsTime()
  to!: Date;

  @IsOptional()
  @IsName()
  type?: string;

  @IsOptional()
  @IsName()
  tenant?: string;
}

export class GapsQuery extends Page {}

/** The request's parameters as an instance of the class; throws REQUEST_INVALID with each wrong field. */
export function read<T extends object>(dataClass: new () => T, parameters: unknown): T {
  const { data, problems } = validateData(dataClass, parameters, { unknownProperties: 'refuse' });
  if (data === undefined) throw new SimyardError('REQUEST_INVALID', { details: { problems } });
  return data;
}

export function refuse(field: string, problem: string): SimyardError {
  return new SimyardError('REQUEST_INVALID', { details: { problems: [{ field, problem }] } });
}
