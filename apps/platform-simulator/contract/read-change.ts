import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUrl,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { simStatuses, validateData, type FieldProblem, type SimStatus } from '#libs/contracts';
import type { Change, ChangeKind, CustomProperty } from '#libs/platforms';
import type { PlatformSettings } from '../world/settings.js';

class ChangeBody {
  /** the client's own name of the request, given back with all that is told about it */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  reference?: string;

  /** where the end of an asynchronous change is told */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  @MaxLength(2000)
  callbackUrl?: string;
}

class StatusBody extends ChangeBody {
  @IsIn(simStatuses)
  status!: SimStatus;
}

class AccountBody extends ChangeBody {
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  account!: string;
}

class Property implements CustomProperty {
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  name!: string;

  @IsString()
  @MaxLength(1000)
  value!: string;
}

class CustomPropertiesBody extends ChangeBody {
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => Property)
  customProperties!: Property[];
}

export interface ReadChange {
  change: Change;
  reference: string | null;
  callbackUrl?: string;
}

type Refused = { problems: FieldProblem[] };

/** The body of a change as data, or what is wrong with it. */
export function readChange(kind: ChangeKind, body: unknown, settings: PlatformSettings): ReadChange | Refused {
  const read = readers[kind](body);
  if ('problems' in read) return read;
  const wanted = settings.changes[kind] === 'async' && settings.results === 'callback';
  if (wanted === (read.callbackUrl !== undefined)) return read;
  const problem = wanted
    ? 'must be given: the platform calls back'
    : 'must not be given: the platform does not call back';
  return { problems: [{ field: 'callbackUrl', problem }] };
}

const readers: Record<ChangeKind, (body: unknown) => ReadChange | Refused> = {
  status: (body) => readAs(StatusBody, body, ({ status }) => ({ kind: 'status', value: status })),
  account: (body) => readAs(AccountBody, body, ({ account }) => ({ kind: 'account', value: account })),
  'custom-properties': (body) =>
    readAs(CustomPropertiesBody, body, ({ customProperties }) => ({
      kind: 'custom-properties',
      value: customProperties.map(({ name, value }) => ({ name, value })),
    })),
};

function readAs<T extends ChangeBody>(
  bodyClass: new () => T,
  body: unknown,
  toChange: (data: T) => Change,
): ReadChange | Refused {
  const { data, problems } = validateData(bodyClass, body, { unknownProperties: 'refuse' });
  if (data === undefined) return { problems };
  const { reference, callbackUrl } = data;
  return { change: toChange(data), reference: reference ?? null, ...(callbackUrl && { callbackUrl }) };
}
