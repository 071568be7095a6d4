import { describe, expect, it } from '@jest/globals';
import { signCallback } from './index.js';

describe('signCallback', () => {
  it('is what openssl computes of timestamp, full stop and body', () => {
    // printf '1767225600.{"requestId":"r"}' | openssl dgst -sha256 -hmac secret
    expect(signCallback('secret', '1767225600', '{"requestId":"r"}')).toBe(
      'sha256=3f64614ae7990868e0a2fbee3d2e05e057eeba811a349f68f3c395d65eaaafa9',
    );
  });
});
