import { ArrayMaxSize, IsArray, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { maxTextLength, type CommandData } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { readAs } from '../http/read-request.js';
import { serviceStates, subscriberStateOf } from '#libs/services';

/** Longest text of an attribute that is only kept. */
const maxDescription = 4000;
/** Characters of a specification as JSON. */
const maxSpecification = 4000;

/** What a caller may say of a service and nothing here acts on. */
export class ServiceDescription {
  @IsOptional()
  @IsString()
  @MaxLength(maxTextLength)
  name?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(maxDescription)
  description?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(maxTextLength)
  category?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(maxTextLength)
  serviceType?: string | null;
}

export const descriptionNames = ['name', 'description', 'category', 'serviceType'] as const;

/** Body of POST /service. `state` and `serviceSpecification` are mandatory, as in TMF640. */
class NewServiceRequest extends ServiceDescription {
  @IsString()
  state!: string;

  @IsObject()
  serviceSpecification!: Record<string, unknown>;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  serviceCharacteristic?: unknown[] | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  relatedParty?: unknown[] | null;

  @IsOptional()
  @IsString()
  @MaxLength(maxTextLength)
  '@type'?: string;
}

export interface NewService {
  /** without the caller's own name of the subscriber, which the service's operation gives it */
  subscriber: Omit<CommandData<'CreateSubscriber'>, 'externalId' | 'accountId'> & { accountId?: string };
  attributes: Record<string, unknown>;
}

/** What a POSTed service is made of; throws REQUEST_INVALID that names the attribute. */
export function readNewService(body: unknown): NewService {
  const asked = readAs(NewServiceRequest, body);
  const { state, serviceSpecification, serviceCharacteristic, relatedParty } = asked;
  const subscriberState = subscriberStateOf(state);
  if (subscriberState === undefined || subscriberState === 'Deactivated') {
    throw invalid('state', `must be one of ${serviceStates.slice(0, -1).join(', ')}`);
  }
  const accountId = readAccount(relatedParty ?? []);
  return {
    subscriber: {
      state: subscriberState,
      ...(accountId !== undefined && { accountId }),
      ...readCharacteristics(serviceCharacteristic ?? []),
    },
    attributes: { ...descriptionOf(asked), serviceSpecification: readSpecification(serviceSpecification) },
  };
}

/** The described attributes that are there; null takes one away. */
export const descriptionOf = (asked: ServiceDescription): Record<string, string | null> =>
  Object.fromEntries(
    descriptionNames.flatMap((name) => {
      const value = asked[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

function readSpecification(specification: Record<string, unknown>): Record<string, unknown> {
  const { id } = specification;
  if (typeof id !== 'string' || id === '' || id.length > maxTextLength) {
    throw invalid('serviceSpecification.id', `must be a text of 1 to ${maxTextLength} characters`);
  }
  if (JSON.stringify(specification).length > maxSpecification) throw invalid('serviceSpecification', 'is too large');
  return specification;
}

function readCharacteristics(list: unknown[]): Pick<CommandData<'CreateSubscriber'>, 'platform' | 'sim' | 'resources'> {
  const values = new Map<string, string>();
  for (const [index, one] of list.entries()) {
    const field = `serviceCharacteristic[${index}]`;
    const { name, value } = readObject(one, field);
    if (typeof name !== 'string' || !/^[A-Z]{1,64}$/.test(name)) throw invalid(`${field}.name`, 'must be capitals');
    if (typeof value !== 'string' || value === '' || value.length > maxTextLength) {
      throw invalid(`${field}.value`, `must be a text of 1 to ${maxTextLength} characters`);
    }
    if (values.has(name)) throw invalid(`${field}.name`, `is ${name} for the second time`);
    values.set(name, value);
  }
  const { ICCID: iccid, IMSI: imsi, PLATFORM: platform, ...resources } = Object.fromEntries(values);
  const sim = iccid === undefined ? {} : { sim: { iccid, ...(imsi !== undefined && { imsi }) } };
  const ofType = Object.entries(imsi !== undefined && iccid === undefined ? { ...resources, IMSI: imsi } : resources);
  return {
    ...(platform !== undefined && { platform }),
    ...sim,
    ...(ofType.length > 0 && { resources: ofType.map(([type, value]) => ({ type, value })) }),
  };
}

/** One account; who else is related is not kept. */
function readAccount(parties: unknown[]): string | undefined {
  const [first] = parties.map((party, index) => readObject(party, `relatedParty[${index}]`));
  if (first === undefined) return undefined;
  if (parties.length > 1) throw invalid('relatedParty', 'must be one account');
  const { id } = first;
  if (typeof id === 'string' && id !== '' && id.length <= maxTextLength) return id;
  throw invalid('relatedParty[0].id', `must be a text of 1 to ${maxTextLength} characters`);
}

function readObject(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, 'must be an object');
  return { ...value };
}

export const invalid = (field: string, problem: string): SimyardError =>
  new SimyardError('REQUEST_INVALID', {
    message: `${field} ${problem}.`,
    details: { problems: [{ field, problem }] },
  });
