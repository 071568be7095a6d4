import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '#libs/testing';
import { preparePostgres, type EmbeddedPostgres } from '#tools/infra/embedded-postgres';
import { findFreePorts } from '#tools/infra/ports';
import { openDatabase } from './database.js';
import { migrate } from './migrate.js';

/** A server of its own, which is taught TLS. */
describe('a database behind TLS', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'simyard-tls-'));
  const ca = join(dataDir, 'ca.pem');
  let server: EmbeddedPostgres;

  const open = (parameters: string) =>
    openDatabase({ url: server.url + parameters, applicationName: 'tls-spec', poolSize: 1 });

  beforeAll(async () => {
    const [port = 0] = await findFreePorts(dataDir, 1);
    server = await preparePostgres(join(dataDir, 'postgres'), port);
    await server.control.start();
    const { key, certificate } = selfSigned();
    writeFileSync(ca, certificate);
    const database = await open('');
    // The server writes its files itself: it may run as another user, and takes no key that others can read.
    for (const [name, content] of Object.entries({ key, crt: certificate })) {
      await database.execute(
        `copy (select string_to_table('${content}', e'\\n')) to program 'umask 077; cat > server.${name}'`,
      );
    }
    await database.execute('alter system set ssl = on');
    await database.query('select pg_reload_conf()');
    await database.close();
  });
  afterAll(async () => {
    await server.control.stop('immediate');
    rmSync(dataDir, { recursive: true });
  });

  it('is reached by TLS when its URL says so', async () => {
    const database = await open(`?sslmode=verify-full&sslrootcert=${ca}`);
    expect(await database.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')).toEqual([{ ssl: true }]);
    await database.close();
    expect(await migrate(`${server.url}?sslmode=verify-full&sslrootcert=${ca}`, [])).toEqual([]);
  });

  it('is not trusted without its authority', async () => {
    await expect(open('?sslmode=verify-full')).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      cause: expect.objectContaining({ message: expect.stringMatching(/self.signed/) }),
    });
  });

  it('is waited for while it refuses the password', async () => {
    const url = new URL(server.url);
    url.password = 'another';
    await expect(openDatabase({ url: url.href, applicationName: 'tls-spec', poolSize: 1 })).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    });
  });
});
