import { describe, expect, it } from '@jest/globals';
import { SimyardError } from '#libs/errors';
import { checkCallbackUrl, type Resolve } from './check-url.js';
import { createUrlGuard, type UrlGuard } from './url-guard.js';

const strict = createUrlGuard([]);
const never: Resolve = () => Promise.reject(new Error('not to be looked up'));

/** The code by which the URL is refused, if it is. */
const check = (guard: UrlGuard, url: string, resolve = never): Promise<string | undefined> =>
  checkCallbackUrl(guard, resolve, 'callback', url).then(
    () => undefined,
    (error: unknown) => (error instanceof SimyardError ? error.code : String(error)),
  );

describe('a callback URL', () => {
  it.each([
    ['https://example.com/hook', ['93.184.215.14']],
    ['https://example.com:8443/hook?a=b', ['93.184.215.14', '2606:2800:21f::1']],
  ])('may be %s', async (url, addresses) => {
    expect(await check(strict, url, () => Promise.resolve(addresses))).toBeUndefined();
  });

  it.each(['https://93.184.215.14/', 'https://[2606:2800:21f::1]:444/'])(
    'may be %s, without a look-up',
    async (url) => {
      expect(await check(strict, url)).toBeUndefined();
    },
  );

  it.each([
    'no url',
    `https://example.com/${'x'.repeat(2048)}`,
    'ftp://example.com/',
    'http://example.com/',
    'http://93.184.215.14/',
    'https://user@example.com/',
    'https://user:secret@example.com/',
    'https://example.com/#here',
    // Every way to write 127.0.0.1 that a URL takes.
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:5db8:d70e]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b:1::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://0.0.0.0/',
    'https://0.1.2.3/',
    'https://[::]/',
    'https://10.0.0.1/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://192.0.0.192/',
    'https://198.18.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://240.0.0.1/',
    'https://[fe80::1]/',
    'https://[fc00::1]/',
    'https://[fd00:ec2::254]/',
    'https://[fec0::1]/',
    'https://[ff02::1]/',
    'https://[2001:db8::1]/',
    'https://[2001::1]/',
    'https://[100::1]/',
    'https://[4000::1]/',
    'https://[5f00::1]/',
  ])('is never %s', async (url) => {
    expect(await check(strict, url)).toBe('CALLBACK_URL_REFUSED');
  });

  it.each([
    ['loopback', ['127.0.0.1']],
    ['one private address among public ones', ['93.184.215.14', '10.0.0.1']],
    ['IPv4-mapped', ['::ffff:10.0.0.1']],
    ['link-local with a zone', ['fe80::1%eth0']],
    ['nothing', []],
    ['no address', ['localhost']],
  ])('is refused when its name leads to %s', async (_, addresses) => {
    expect(await check(strict, 'https://example.com/', () => Promise.resolve(addresses))).toBe('CALLBACK_URL_REFUSED');
  });

  it('is refused when its name is not known, and names the field', async () => {
    const refusal = checkCallbackUrl(strict, never, 'X-Callback-Url', 'https://example.com/');
    await expect(refusal).rejects.toMatchObject({
      code: 'CALLBACK_URL_REFUSED',
      details: {
        problems: [{ field: 'X-Callback-Url', problem: expect.stringContaining('X-Callback-Url has a host') }],
      },
    });
  });
});

describe('an allow-list', () => {
  const guard = createUrlGuard(['127.0.0.0/8', '::1/128', 'receiver:8080', '*.dev.example', '[fd00::5]:9000']);

  it.each([
    'http://127.0.0.1:4711/hook',
    'https://127.8.8.8/',
    'http://[::1]:80/',
    'http://receiver:8080/',
    'http://a.dev.example/',
    'https://a.b.dev.example:444/',
    'http://[fd00::5]:9000/',
  ])('lets %s pass', async (url) => {
    expect(await check(guard, url)).toBeUndefined();
  });

  it.each([
    'http://128.0.0.1/',
    'https://10.0.0.1/',
    'http://receiver:8081/',
    'http://receiver/',
    'http://dev.example/',
    'http://dev.example.com/',
    'http://[fd00::5]:9001/',
    'https://[::ffff:127.0.0.1]/',
    'http://user@receiver:8080/',
  ])('does not let %s pass', async (url) => {
    expect(await check(guard, url)).toBe('CALLBACK_URL_REFUSED');
  });

  it('lets names lead to its networks over https alone', async () => {
    const home: Resolve = () => Promise.resolve(['127.0.0.1']);
    expect(await check(guard, 'https://home.example/', home)).toBeUndefined();
    expect(await check(guard, 'http://home.example/', home)).toBe('CALLBACK_URL_REFUSED');
  });

  it.each(['10.0.0.0/33', 'a b', 'host:port', 'https://host', '*', '*example.com'])('cannot have %s', (entry) => {
    expect(() => createUrlGuard([entry])).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }));
  });
});
