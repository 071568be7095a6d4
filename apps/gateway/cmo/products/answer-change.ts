import { HttpStatus } from '@nestjs/common';
import type { ApiClient } from '#libs/access';
import { SimyardError } from '#libs/errors';
import type { ProductRow } from '#libs/inventory';
import { monitorBody, monitorLink, readMonitor } from '#libs/monitors';
import type { OperationAnswer } from '#libs/operations';
import type { AnswerMode } from '#libs/platforms';
import type { Tx } from '#libs/postgres';
import type { Follow } from '../../commands/submit.js';
import type { Answer } from '../../http/answer.js';
import { cmoErrorAnswer } from '../render-cmo-error.js';
import { bodyOf } from './find-product.js';
import { productAfter } from './product-after.js';

/** The product that a request changes, as it was read, and who asks. */
export interface Changing {
  productId: string;
  product: ProductRow;
  url: string;
  client: ApiClient;
}

/**
 * The answer to a change that was started: 200 with the product, or 202 with the monitor where that is how the platform
 * answers, and where the end is long in coming. A failure has the monitor in Link.
 */
export async function answerOf(
  { database, follow }: { database: Tx; follow: Follow },
  changing: Changing,
  mode: AnswerMode,
  operationId: string,
): Promise<Answer> {
  if (mode === 'async') return monitorAnswer(database, changing, operationId);
  const submitted = await follow(operationId);
  if (!submitted.ended) return monitorAnswer(database, changing, operationId);
  const { answer } = submitted;
  if (answer.status !== 'COMPLETED') return failedAnswer(database, changing, answer);
  return productAnswer({ ...changing, product: productAfter(changing.product, answer.response) });
}

export const productAnswer = ({ productId, product, url, client }: Changing): Answer => ({
  status: HttpStatus.OK,
  body: bodyOf(productId, product, url, client.tenantId),
});

async function monitorAnswer(tx: Tx, changing: Changing, operationId: string): Promise<Answer> {
  const monitor = await readMonitor(tx, changing.client.accountId, operationId);
  if (!monitor) throw new SimyardError('MONITOR_NOT_FOUND');
  const headers = { link: linkTo(changing, monitor.monitorId) };
  return { status: HttpStatus.ACCEPTED, headers, body: monitorBody(monitor, changing.url) };
}

async function failedAnswer(tx: Tx, changing: Changing, answer: OperationAnswer): Promise<Answer> {
  const { operationId, status, correlationId } = answer;
  const error = answer.error ?? { code: 'INTERNAL_ERROR', message: `The operation ended as ${status}.` };
  const failed = cmoErrorAnswer(error, correlationId);
  const monitor = await readMonitor(tx, changing.client.accountId, operationId);
  const link = monitor && linkTo(changing, monitor.monitorId);
  return { ...failed, headers: { ...failed.headers, ...(link !== undefined && { link }) } };
}

const linkTo = ({ productId, url, client }: Changing, monitorId: string): string =>
  monitorLink(url, client.tenantId, monitorId, productId);
