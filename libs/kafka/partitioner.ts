import './faster-kafkajs.js';
import { Partitioners, type ICustomPartitioner } from 'kafkajs';

/**
 * The Java client's partitioner, as kafkajs's DefaultPartitioner, but in 32-bit integers instead of big ones. A key has
 * the same partition from either.
 */
export const keyPartitioner: ICustomPartitioner = () => {
  const withoutKey = Partitioners.DefaultPartitioner();
  return (parameters) => {
    const { message, partitionMetadata } = parameters;
    if (message.key === null || message.key === undefined) return withoutKey(parameters);
    return (
      (murmur2(Buffer.isBuffer(message.key) ? message.key : Buffer.from(message.key)) & 0x7fffffff) %
      partitionMetadata.length
    );
  };
};

const multiplier = 0x5bd1e995;
const seed = 0x9747b28c;

/** Kafka's murmur2 (org.apache.kafka.common.utils.Utils), a signed 32-bit integer. */
export function murmur2(data: Buffer): number {
  const whole = data.length & ~3;
  let hash = seed ^ data.length;
  for (let at = 0; at < whole; at += 4) {
    let part = Math.imul(data.readInt32LE(at), multiplier);
    part ^= part >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(part, multiplier);
  }
  for (let at = data.length - 1; at >= whole; at -= 1) hash ^= (data[at] ?? 0) << (8 * (at - whole));
  if (data.length > whole) hash = Math.imul(hash, multiplier);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  return hash ^ (hash >>> 15);
}
