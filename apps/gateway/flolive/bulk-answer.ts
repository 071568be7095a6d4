import { HttpStatus } from '@nestjs/common';
import type { Answer } from '../http/answer.js';
import { bulkBody, bulkNode } from './bodies.js';
import { noError, refusalOf } from './flolive-errors.js';
import type { FailedNode } from './judge-nodes.js';
import type { ReadNode } from './read-nodes.js';
import type { AdmittedBulk } from './start-bulk.js';

/** ACK: every node is admitted and can be followed by its request id; the bulk as a whole by that of the header. */
export function bulkAck(nodes: ReadNode[], { jobId, requestIds }: AdmittedBulk): Answer {
  return {
    status: HttpStatus.OK,
    headers: { 'request-id': jobId },
    body: bulkBody(nodes.map((node, index) => bulkNode(noError, requestIds[index] ?? '', node))),
  };
}

/** NAK: nothing is executed; only the nodes that failed are told. */
export function bulkNak(failed: FailedNode[]): Answer {
  return {
    status: HttpStatus.BAD_REQUEST,
    body: bulkBody(failed.map(({ code, ...node }) => bulkNode(refusalOf(code), '', node))),
  };
}
