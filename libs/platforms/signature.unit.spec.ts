import { describe, expect, it } from '@jest/globals';
import { signCallback, verifyCallback, type SignedCallback } from './index.js';

describe('signCallback', () => {
  it('is what openssl computes of timestamp, full stop and body', () => {
    // printf '1767225600.{"requestId":"r"}' | openssl dgst -sha256 -hmac secret
    const signature = 'sha256=3f64614ae7990868e0a2fbee3d2e05e057eeba811a349f68f3c395d65eaaafa9';
    expect(signCallback('secret', '1767225600', '{"requestId":"r"}')).toBe(signature);
    expect(signCallback('secret', '1767225600', Buffer.from('{"requestId":"r"}'))).toBe(signature);
  });
});

describe('verifyCallback', () => {
  const seconds = 1_767_225_600;
  const body = Buffer.from('{"requestId":"ü"}');
  const signed = (timestamp = String(seconds)): SignedCallback => ({
    timestamp,
    signature: signCallback('secret', timestamp, body),
    body,
  });
  const verify = (callback: SignedCallback, atSeconds = seconds): boolean =>
    verifyCallback('secret', callback, new Date(atSeconds * 1000));

  it('takes what the secret has signed, up to five minutes off', () => {
    expect([-300, 0, 300].map((off) => verify(signed(), seconds + off))).toEqual([true, true, true]);
    expect([-301, 301].map((off) => verify(signed(), seconds + off))).toEqual([false, false]);
  });

  it.each([
    ['another body', { body: Buffer.from('{"requestId":"u"}') }],
    ['another time', { timestamp: String(seconds + 1) }],
    ['another signature', { signature: signCallback('public', String(seconds), body) }],
    ['half a signature', { signature: signed().signature?.slice(0, 40) }],
    ['a signature in upper case', { signature: signed().signature?.toUpperCase() }],
    ['no signature', { signature: undefined }],
    ['no timestamp', { timestamp: undefined }],
    ['a timestamp that is none', { timestamp: 'now', signature: signCallback('secret', 'now', body) }],
  ])('refuses %s', (_, wrong) => {
    expect(verify({ ...signed(), ...wrong })).toBe(false);
  });
});
