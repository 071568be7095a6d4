import { SimyardError } from '#libs/errors';
import { mayGo, stateOfSim, type ProductRow } from '#libs/inventory';
import type { AnswerMode, ChangeKind, PlatformConfig } from '#libs/platforms';
import type { ProductChange, ProductCommand } from './read-product-patch.js';

const kinds: Record<ProductCommand, ChangeKind> = {
  ChangeSimStatus: 'status',
  AssignCustomProperties: 'custom-properties',
  TransferSim: 'account',
};

/**
 * Pure: throws what the change's command would be rejected with, as far as is known before it is admitted. Who is answered
 * with a monitor at once would learn of it only there.
 */
export function refuseImpossible(
  change: ProductChange,
  product: ProductRow,
  platform: PlatformConfig | undefined,
): void {
  if (change.command === 'ChangeSimStatus') refuseStatus(change.data, product);
  if (change.command === 'TransferSim' && change.data.accountId === product.accountId) {
    throw new SimyardError('ACCOUNT_UNCHANGED', { details: { field: 'relatedParty' } });
  }
  if (platform?.changes[kinds[change.command]] === undefined) throw new SimyardError('PLATFORM_CHANGE_NOT_OFFERED');
}

type StatusChange = Extract<ProductChange, { command: 'ChangeSimStatus' }>['data'];

function refuseStatus({ status }: StatusChange, product: ProductRow): void {
  const details = { field: 'status' };
  if (status === product.status) throw new SimyardError('SIM_STATUS_UNCHANGED', { details });
  const [from, to] = [product.state, status && stateOfSim[status]];
  if (from && to && from !== to && !mayGo(from, to)) throw new SimyardError('SUBSCRIBER_STATE_TRANSITION', { details });
}

/**
 * Whether a change, by its command, is answered with the product or with a monitor: custom properties with the product on
 * every platform, a transfer with a monitor, a status as its platform says.
 */
export function answerMode(action: string, platform: PlatformConfig | undefined): AnswerMode {
  if (action === 'ChangeSimStatus') return platform?.changes.status ?? 'sync';
  return action === 'TransferSim' ? 'async' : 'sync';
}
