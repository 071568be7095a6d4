const replacement = '\ufffd';

/**
 * What of a platform's text can be stored and sent on: not U+0000, which PostgreSQL does not hold, nor half
 * a surrogate pair; and at most so many bytes of UTF-8.
 */
export function storableText(text: string, longest = Infinity): string {
  const plain = text.toWellFormed().replaceAll('\u0000', replacement);
  if (Buffer.byteLength(plain) <= longest) return plain;
  const { written } = new TextEncoder().encodeInto(plain, new Uint8Array(longest));
  return Buffer.from(plain).toString('utf8', 0, written);
}
