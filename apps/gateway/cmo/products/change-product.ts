import type { ApiClient } from '#libs/access';
import { SimyardError } from '#libs/errors';
import { findAccountsFor } from '#libs/inventory';
import { monitorRequest, readProductId, simCardId, stageMonitor } from '#libs/monitors';
import { readKeyHolder, readOperation, requestFingerprint, requestScope } from '#libs/operations';
import type { PlatformSource } from '#libs/platforms';
import type { Tx } from '#libs/postgres';
import type { Stage, Write } from '../../commands/plan-admission.js';
import type { Start } from '../../commands/start.js';
import type { Follow } from '../../commands/submit.js';
import type { Answer } from '../../http/answer.js';
import type { Origin } from '../../http/origin.js';
import type { PatchType } from '../../http/request-bodies.js';
import { answerOf, productAnswer } from './answer-change.js';
import { bodyOf, findProduct } from './find-product.js';
import { namingHolder } from './naming-holder.js';
import { changesNothing, readProductPatch, type ProductChange } from './read-product-patch.js';
import { answerMode, refuseImpossible } from './refuse-impossible.js';

/** A patch of a product, as it came. */
export interface PatchRequest extends Origin {
  productId: string;
  type: PatchType;
  patch: unknown;
  headers: Parameters<typeof monitorRequest>[2];
  /** where the facade is for who calls */
  url: string;
  /** stores that the caller is to be told of the end */
  stageCallback: Stage;
}

export interface ChangeContext {
  database: Tx;
  start: Start;
  follow: Follow;
  platforms: PlatformSource;
}

/** Injection token of ChangeProduct. */
export const CHANGE_PRODUCT = Symbol('change product');

/**
 * Starts what a patch asks for, and answers as the platform of the SIM does: with the product once it is changed, or with a
 * monitor. A repeat of a request gets the answer of the first. Throws PRODUCT_NOT_FOUND, JSON_PATCH_INVALID, what the
 * change's command would be rejected with, and what Start throws.
 */
export type ChangeProduct = (request: PatchRequest) => Promise<Answer>;

export function createChangeProduct(context: ChangeContext): ChangeProduct {
  const { database, start, platforms } = context;
  return async (request) => {
    const { productId, type, patch, url } = request;
    const { client } = request.caller;
    const product = await findProduct(database, client, productId);
    const platform = (await platforms(database)).get(product.platform);
    const changing = { productId, product, url, client };
    const repeated = await findRepeated(database, request);
    if (repeated) return answerOf(context, changing, answerMode(repeated.action, platform), repeated.operationId);

    const change = readProductPatch(type, patch, bodyOf(productId, product, url, client.tenantId));
    if (changesNothing(change)) return productAnswer(changing);
    refuseImpossible(change, product, platform);
    await refuseUnknownAccount(database, client, change);
    const { operationId } = await namingHolder(database, request, () => start(changeWrite(request, change)));
    return answerOf(context, changing, answerMode(change.command, platform), operationId);
  };
}

/** The data of the command depend on what the product had: a repeat is known by the request itself. */
const fingerprintOf = ({ productId, type, patch }: PatchRequest): string =>
  requestFingerprint('PATCH product', { productId, type, patch });

const scopeOf = ({ caller }: Origin): string => requestScope.facade('cmo', caller.client.clientId);

/** The operation of the request that this one repeats; what it asked for may no longer be possible. */
async function findRepeated(
  database: Tx,
  request: PatchRequest,
): Promise<{ operationId: string; action: string } | undefined> {
  const { key, caller } = request;
  if (key === undefined) return undefined;
  const holder = await readKeyHolder(database, { tenantId: caller.client.tenantId, scope: scopeOf(request), key });
  if (!holder) return undefined;
  if (holder.fingerprint !== fingerprintOf(request)) throw new SimyardError('REQUEST_ID_REUSED');
  return readOperation(database, caller.client.accountId, holder.operationId);
}

async function refuseUnknownAccount(database: Tx, scope: ApiClient, { command, data }: ProductChange): Promise<void> {
  if (command !== 'TransferSim') return;
  const [account] = await findAccountsFor(database, [{ scope, accountId: data.accountId ?? '' }]);
  if (!account) throw new SimyardError('ACCOUNT_NOT_FOUND', { details: { field: 'relatedParty' } });
}

function changeWrite(request: PatchRequest, { command, data }: ProductChange): Write {
  const { productId, caller, key } = request;
  return {
    facade: 'cmo',
    name: command,
    data,
    caller,
    key,
    scope: scopeOf(request),
    fingerprint: fingerprintOf(request),
    orderKey: productId,
    entityRequired: true,
    stage: stageFor(request),
  };
}

/** The monitor of a change is of the SIM card, as in the seed, however the request names it. */
function stageFor({ productId, patch, headers, caller, stageCallback }: PatchRequest): Stage {
  const { tenantId, accountId } = caller.client;
  const name = readProductId(productId) ?? { platform: '', iccid: '' };
  const request = monitorRequest('PATCH', patch, headers);
  return async (tx, operationId) => {
    const monitor = { operationId, tenantId, accountId, iccid: name.iccid, productId: simCardId(name), request };
    await Promise.all([stageMonitor(tx, monitor), stageCallback(tx, operationId)]);
  };
}
