import { randomUUID } from 'node:crypto';
import { v5 as deriveUuid, v7 as uuidv7 } from 'uuid';
import type { CommandData, CommandName } from '#libs/contracts';
import {
  compileResourceTypes,
  createExternalParamView,
  createOfferView,
  createView,
  resourceKey,
  type ExternalParam,
  type ExternalParamView,
  type InventoryRows,
  type InventoryView,
  type OfferView,
  type Resource,
  type ResourceTypeDefinition,
  type Sim,
  type Subscriber,
  type SubscriberOffer,
} from '#libs/inventory';
import type { Actor, Command } from '#libs/transactions';

/** The types that the migration configures; an int spec compares the two. */
export const standardTypeDefinitions: ResourceTypeDefinition[] = [
  {
    type: 'EMAIL',
    uniqueness: 'tenant',
    normalForm: ['trim', 'unicode-compose', 'lower-case'],
    pattern: '(?=.{3,254}$)[^\\s\\p{C}@]+@[^\\s\\p{C}@.]+([.][^\\s\\p{C}@.]+)+',
  },
  { type: 'IMEI', uniqueness: 'global', normalForm: ['trim', 'strip-separators'], pattern: '[0-9]{15}' },
  { type: 'IMEISV', uniqueness: 'global', normalForm: ['trim', 'strip-separators'], pattern: '[0-9]{16}' },
  { type: 'IMSI', uniqueness: 'global', normalForm: ['trim', 'strip-separators'], pattern: '[0-9]{14,15}' },
  {
    type: 'MSISDN',
    uniqueness: 'global',
    normalForm: ['trim', 'strip-separators', 'strip-international-prefix'],
    pattern: '[1-9][0-9]{4,14}',
  },
  {
    type: 'USERNAME',
    uniqueness: 'tenant',
    normalForm: ['trim', 'unicode-compose', 'lower-case'],
    pattern: '[^\\s\\p{C}]{1,128}',
  },
];

export const standardTypes = compileResourceTypes(standardTypeDefinitions);

export const viewTime = new Date('2026-03-01T12:00:00.000Z');
const earlier = new Date('2026-02-01T00:00:00.000Z');

const namespace = '5a4b6b1e-3f0e-4a5e-9d5c-0f3a0d6b7c11';

/** The id that `subscriberRow` gives to the subscriber with this external id. */
export const subscriberId = (externalId: string): string => deriveUuid(externalId, namespace);

/** Tenant ACME with the accounts ACME and, below it, ACME-TT, where the subscribers are; tenant GLOBEX. */
export const accounts = [
  { accountId: 'ACME', tenantId: 'ACME', path: ['ACME'] },
  { accountId: 'ACME-TT', tenantId: 'ACME', path: ['ACME', 'ACME-TT'] },
  { accountId: 'ACME-JM', tenantId: 'ACME', path: ['ACME', 'ACME-JM'] },
  { accountId: 'GLOBEX', tenantId: 'GLOBEX', path: ['GLOBEX'] },
];

export function subscriberRow(externalId: string, row: Partial<Subscriber> = {}): Subscriber {
  const accountId = row.accountId ?? 'ACME-TT';
  const account = accounts.find((candidate) => candidate.accountId === accountId);
  return {
    subscriberId: subscriberId(externalId),
    tenantId: account?.tenantId ?? accountId,
    accountId,
    accountPath: account?.path ?? [accountId],
    externalId,
    state: 'Active',
    platform: 'JASPER',
    version: 1,
    changedAt: earlier,
    ...row,
  };
}

export function resourceRow(holder: Subscriber, type: string, value: string, row: Partial<Resource> = {}): Resource {
  const key = resourceKey(standardTypes, holder.tenantId, type, value) ?? { type, scope: holder.tenantId, value };
  const { tenantId, subscriberId: holderId } = holder;
  const assignment = { tenantId, subscriberId: holderId, version: 1, validFrom: earlier };
  return { ...key, ...assignment, resourceId: deriveUuid(`${type} ${value}`, namespace), ...row };
}

export function simRow(holder: Subscriber, iccid: string, row: Partial<Sim> = {}): Sim {
  const { tenantId, accountId, subscriberId: holderId, platform } = holder;
  const card = {
    iccid,
    imsi: null,
    status: 'ACTIVE' as const,
    firstActivatedAt: earlier,
    customProperties: [],
    version: 1,
    changedAt: earlier,
  };
  return { ...card, tenantId, accountId, subscriberId: holderId, platform, ...row };
}

export const viewOf = (rows: Partial<InventoryRows>): InventoryView =>
  createView(viewTime, standardTypes, { accounts, subscribers: [], resources: [], sims: [], ...rows });

/** Offers of each tenant; TRACK is GLOBEX's alone. */
export const offers = [
  { tenantId: 'ACME', offerId: 'IOT-10MB', name: 'Ten megabytes' },
  { tenantId: 'ACME', offerId: 'IOT-1GB', name: 'A gigabyte' },
  { tenantId: 'GLOBEX', offerId: 'TRACK', name: 'Tracking' },
];

export function offerRow(holder: Subscriber, offerId: string, row: Partial<SubscriberOffer> = {}): SubscriberOffer {
  const { tenantId, subscriberId: holderId } = holder;
  const subscriberOfferId = deriveUuid(`${holderId} ${offerId}`, namespace);
  return { subscriberOfferId, subscriberId: holderId, tenantId, offerId, version: 1, attachedAt: earlier, ...row };
}

export const offerViewOf = (...attached: SubscriberOffer[]): OfferView => createOfferView(offers, attached);

export function paramRow(accountId: string, name: string, row: Partial<ExternalParam> = {}): ExternalParam {
  const tenantId = accounts.find((account) => account.accountId === accountId)?.tenantId ?? accountId;
  const instanceId = deriveUuid(`${accountId} ${name}`, namespace);
  const times = { createdAt: earlier, changedAt: earlier };
  return { instanceId, tenantId, accountId, name, value: `${name}'s value`, version: 1, ...times, ...row };
}

export const paramViewOf = (...params: ExternalParam[]): ExternalParamView =>
  createExternalParamView(viewTime, { accounts, params });

export const acme: Actor = { username: 'acme-crm', tenantId: 'ACME', accountId: 'ACME' };
export const globex: Actor = { username: 'globex-crm', tenantId: 'GLOBEX', accountId: 'GLOBEX' };

/** A command as a handler gets it. */
export function command<N extends CommandName>(
  name: N,
  data: CommandData<N>,
  actor: Actor = acme,
): Command<CommandData<N>> {
  const id = randomUUID();
  return {
    name,
    action: name,
    lane: 'stream',
    data,
    envelope: { id, type: name, source: '/spec', tenant: actor.tenantId, actor: actor.username, correlationId: id },
    actor,
    operationId: uuidv7(),
    businessTransactionId: uuidv7(),
  };
}
