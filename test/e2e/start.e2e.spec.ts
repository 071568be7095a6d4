import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { emptyTemplate, eventually, testBrokers, testDatabase, testTopicPrefix } from '#libs/testing';
import { projectDir } from '#tools/infra/index';
import type { Endpoints } from '#tools/start/publish';

/** Bringing servers and all services up takes seconds, and minutes on a machine that does much else. */
const patience = { timeoutMs: 240_000, intervalMs: 50 };

const home = mkdtempSync(join(tmpdir(), 'simyard-start-'));
const running = new Set<ChildProcess>();

interface Program {
  child: ChildProcess;
  output: () => string;
  /** exit code */
  ended: Promise<unknown>;
}

/** The built program, as tools/setup.mjs runs it, with servers of its own unless `env` names some. */
function startProgram(args: string[], env: Record<string, string> = {}): Program {
  const main = join(projectDir, 'dist/tools/start/main.js');
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [main, ...args], { env: { PATH, HOME, ...env }, stdio: 'pipe' });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const ended = once(child, 'close').then(([code]: unknown[]) => {
    running.delete(child);
    return code;
  });
  return { child, output: () => output, ended };
}

const fileIn = (dir: string, name: string): string => join(dir, 'run', name);
const readEndpoints = (dir: string) => JSON.parse(readFileSync(fileIn(dir, 'endpoints.json'), 'utf8')) as Endpoints;
const pidsOf = (dir: string): number[] => Object.values(readEndpoints(dir).pids);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits for a condition, or fails with what the program has said. */
async function during<T>(program: Program, attempt: () => T): Promise<T> {
  return eventually(() => {
    if (program.child.exitCode !== null) throw new Error(`It ended already:\n${program.output()}`);
    return attempt();
  }, patience).catch((error: unknown) => {
    throw new Error(program.output(), { cause: error });
  });
}

afterEach(async () => {
  for (const child of running) {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('npm start', () => {
  it('shows the main job and ends with code 0, leaving nothing behind', async () => {
    const program = startProgram(['--exit', '--home', home]);
    const pids = await during(program, () => {
      for (const file of ['endpoints.json', 'env.json']) expect(statSync(fileIn(home, file)).mode & 0o777).toBe(0o600);
      return pidsOf(home);
    });
    expect(pids).toHaveLength(8);

    expect([await program.ended, program.output()]).toEqual([0, expect.stringContaining('COMPLETED')]);
    expect(program.output()).toContain('200 after');
    expect(program.output()).toContain('409 RESOURCE_IN_USE');
    expect(program.output()).toContain('200 SUCCESS after');
    expect(program.output()).toContain('409 GLOBAL_1009');
    expect(program.output()).toContain('COMPLETED: 10000 completed, 0 failed');
    expect(program.output()).toMatch(/200 after \d+ ms, the product is ACTIVE/);
    expect(program.output()).toContain('is IN_PROGRESS');
    expect(program.output().match(/^ +monitor +DONE after/gm)).toHaveLength(2);
    expect(program.output().match(/^ +[\w-]+: DONE, \w+ answered 200/gm)).toHaveLength(5);
    expect(program.output()).toMatch(/^ +monitor +FAILED after/m);
    expect(program.output()).toContain('TMSP answered 409');
    expect(program.output().match(/^ +warehouse +SubscriberResource .* UPDATED$/gm)).toHaveLength(2);
    expect(pids.filter(isAlive)).toEqual([]);
    for (const file of ['endpoints.json', 'env.json']) expect(existsSync(fileIn(home, file))).toBe(false);
  }, 300_000);

  it('starts a killed service again, refuses a second start, and ends on Ctrl-C', async () => {
    const program = startProgram(['--home', home]);
    await during(program, () => expect(program.output()).toContain('Ctrl-C ends everything'));
    const { pids, clients, gatewayUrl } = readEndpoints(home);
    expect(clients.map((client) => client.accountId)).toEqual(['ACME', 'GLOBEX', 'ACME-TT', 'ACME']);

    process.kill(pids.gateway!, 'SIGKILL');
    await during(program, () => expect(program.output()).toContain('gateway is up again'));
    expect(program.output()).toContain('gateway died (SIGKILL) and is started again');
    expect(readEndpoints(home).pids.gateway).not.toBe(pids.gateway);
    expect(readEndpoints(home).gatewayUrl).toBe(gatewayUrl);
    const { clientId, clientSecret } = clients[0]!;
    const swapped = await fetch(
      `${gatewayUrl}/v1/casm/subscribers/resources?externalId=SUB-0001&historyIncluded=true`,
      {
        headers: { client_id: clientId, client_secret: clientSecret },
      },
    );
    expect([swapped.status, await swapped.json()]).toMatchObject([200, { subscriber: { externalId: 'SUB-0001' } }]);

    const second = startProgram(['--home', home]);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain('Simyard is running here already');
    expect(second.output()).toContain(String(program.child.pid));

    const last = pidsOf(home);
    program.child.kill('SIGINT');
    expect([await program.ended, program.output()]).toEqual([0, expect.any(String)]);
    expect(last.filter(isAlive)).toEqual([]);
    expect(existsSync(fileIn(home, 'endpoints.json'))).toBe(false);
  }, 300_000);

  it('ends with code 1 and the end of the log when a service cannot live', async () => {
    const database = await testDatabase(emptyTemplate);
    const program = startProgram(['--home', join(home, 'broken')], {
      KAFKA_BROKERS: testBrokers().join(','),
      DATABASE_URL: database.url,
      SIMYARD_TOPIC_PREFIX: testTopicPrefix(),
      SIMYARD_BATCH_SIZE: '0',
    });
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain('died five times in a minute');
    expect(program.output()).toContain('SIMYARD_BATCH_SIZE must be a whole number');
    await database.drop();
  }, 300_000);

  it('explains itself', async () => {
    const help = startProgram(['--help']);
    expect([await help.ended, help.output()]).toEqual([0, expect.stringContaining('Usage: npm start')]);
    const wrong = startProgram(['--exti']);
    expect([await wrong.ended, wrong.output()]).toEqual([2, expect.stringContaining("'--exti'")]);
  }, 300_000);
});
