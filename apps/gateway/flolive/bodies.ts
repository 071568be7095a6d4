import { noError, type FloliveError } from './flolive-errors.js';

/*
 * The bodies of seed 002 and those like them. The order of the attributes is that of the seed, and what does not apply is an
 * empty text: both are part of the contract.
 */

export interface Pageable {
  page: number;
  size: number;
  totalPages: number;
  totalElements: number;
}

/** Rows of a page where nothing else is asked for, as in the seed's examples. */
export const defaultSize = 10;

export const pageOf = (page: number, size: number, totalElements: number): Pageable => ({
  page,
  size,
  totalPages: Math.ceil(totalElements / size),
  totalElements,
});

/** All elements on one page. */
export const onePage = (elements: number): Pageable => pageOf(0, Math.max(defaultSize, elements), elements);

/** Answer to a single call: ACK with a request id, or the error. */
export interface SingleBody extends FloliveError {
  requestId: string;
  content: Record<string, never>;
}

export const ackBody = (requestId: string): SingleBody => ({ ...noError, requestId, content: {} });

export const refusalBody = ({ errorCode, errorMessage }: FloliveError): SingleBody => ({
  errorCode,
  errorMessage,
  requestId: '',
  content: {},
});

export interface Identifiers {
  type: string;
  value: string;
}

/** A node of a bulk request as it is told back. */
export interface EchoedNode {
  subscriberIdentifiers: Identifiers;
  content: object;
}

/** A node of a bulk answer. */
export interface BulkNode extends FloliveError, EchoedNode {
  requestId: string;
}

export interface BulkBody {
  bulk: BulkNode[];
  pageable: Pageable;
}

export function bulkNode(
  { errorCode, errorMessage }: FloliveError,
  requestId: string,
  { subscriberIdentifiers: { type, value }, content }: EchoedNode,
): BulkNode {
  return { errorCode, errorMessage, requestId, subscriberIdentifiers: { type, value }, content };
}

export const bulkBody = (bulk: BulkNode[]): BulkBody => ({ bulk, pageable: onePage(bulk.length) });

export interface PageBody<Row> extends FloliveError {
  content: Row[];
  pageable: Pageable;
}

export const pageBody = <Row>(
  { errorCode, errorMessage }: FloliveError,
  content: Row[],
  pageable: Pageable,
): PageBody<Row> => ({ errorCode, errorMessage, content, pageable });
