import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits as base64url: with as much entropy a keyed hash is enough, and costs microseconds a call. */
export const generateSecret = (): string => randomBytes(32).toString('base64url');

/** HMAC-SHA-256 of a secret under the server's pepper: the only form in which a secret is stored. */
export const hashSecret = (pepper: string, secret: string): Buffer =>
  createHmac('sha256', pepper).update(secret).digest();

/** Compares in constant time. */
export const secretMatches = (pepper: string, secret: string, storedHash: Buffer): boolean =>
  timingSafeEqual(hashSecret(pepper, secret), storedHash);
