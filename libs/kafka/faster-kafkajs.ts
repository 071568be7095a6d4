import { crc32c } from '@node-rs/crc32';
import { createRequire, Module } from 'node:module';
import { decodeRecord, encodeRecord } from './record-codec.js';

/*
 * Puts our record codec, a native CRC and a linear grouping in the place of four of kafkajs's modules, before it is
 * loaded: import this file before kafkajs. kafkajs is pinned and no longer changes; a spec compares each replacement
 * with the original. Where a runtime does not let its module cache be written (Jest), kafkajs runs as it is.
 * A method of its request queues is replaced too, on the class, which every runtime allows.
 */
const require = createRequire(import.meta.url);

interface PartitionedMessage {
  key: Buffer | string | null;
}

interface Grouping<M extends PartitionedMessage> {
  topic: string;
  partitionMetadata: unknown[];
  messages: M[];
  partitioner: (parameters: { topic: string; partitionMetadata: unknown[]; message: M }) => number;
}

/** Messages by partition, in order; kafkajs's own copies a partition's list for every message. */
export function groupByPartition<M extends PartitionedMessage>(grouping: Grouping<M>): Record<number, M[]> {
  const { topic, partitionMetadata, messages, partitioner } = grouping;
  const groups: Record<number, M[]> = {};
  if (partitionMetadata.length === 0) return groups;
  for (const message of messages) {
    const partition = partitioner({ topic, partitionMetadata, message });
    (groups[partition] ??= []).push(message);
  }
  return groups;
}

const replacements: Record<string, unknown> = {
  'kafkajs/src/protocol/recordBatch/record/v0/index.js': encodeRecord,
  'kafkajs/src/protocol/recordBatch/record/v0/decoder.js': decodeRecord,
  'kafkajs/src/protocol/recordBatch/crc32C/index.js': (buffer: Buffer) => crc32c(buffer),
  'kafkajs/src/producer/groupMessagesPerPartition.js': groupByPartition,
};

for (const [path, exports] of Object.entries(replacements)) {
  const id = require.resolve(path);
  const module = new Module(id);
  module.exports = exports;
  module.loaded = true;
  require.cache[id] = module;
}

/** A connection's requests, as far as kafkajs's own check of what is pending goes. */
interface RequestQueue {
  pending: unknown[];
  /** ms since 1970; -1: never was */
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests: () => void;
}

const checkPendingMs = 10;

/**
 * Looks at what is pending again, if anything is. kafkajs's own goes on for ever once a connection has had an answer: every
 * millisecond, as its timer is set into the past.
 */
export function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) return;
  const throttledMs = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttledMs > 0 ? throttledMs : checkPendingMs,
  );
}

const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue & object };
Object.assign(prototype, { scheduleCheckPendingRequests });
