import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { projectDir } from '#tools/infra/project-dir';
import { environmentVariables } from './environment-variables.js';

interface ComposeService {
  image: string;
  environment: Record<string, string | number>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  stop_grace_period: string;
  command?: string[];
  ports?: string[];
  volumes?: string[];
}

const text = (file: string) => readFileSync(join(projectDir, file), 'utf8');
const { services, volumes } = parse(text('docker-compose.yml'), { merge: true }) as {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
};
const ours = Object.entries(services).filter(([, { image }]) => image === 'simyard:local');
const dockerfile = text('deploy/Dockerfile');
/** For development and tests: nothing in the composition calls it. */
const notComposed = ['platform-simulator'];

describe('docker-compose.yml', () => {
  it('gives services only variables that libs/config reads, and all that have no default', () => {
    const known = new Set(environmentVariables());
    for (const [, { environment }] of ours) {
      const { SERVICE: _service, ...settings } = environment;
      expect(Object.keys(settings).filter((name) => !known.has(name))).toEqual([]);
      expect(Object.keys(settings)).toEqual(
        expect.arrayContaining(['DATABASE_URL', 'KAFKA_BROKERS', 'SIMYARD_SECRET_PEPPER']),
      );
    }
  });

  it('runs every app, and each service is the app of its name', () => {
    const run = ours.filter(([name]) => name !== 'migrate');
    const apps = readdirSync(join(projectDir, 'apps')).filter((name) => !notComposed.includes(name));
    expect(run.map(([name]) => name).sort()).toEqual(apps.sort());
    for (const [name, { environment }] of run) {
      expect(environment['SERVICE']).toBe(name);
      expect(existsSync(join(projectDir, 'apps', name, 'main.ts'))).toBe(true);
    }
  });

  it('starts services after healthy infrastructure and a migration that ended well', () => {
    expect(existsSync(join(projectDir, services['migrate']!.command![1]!.replace(/^dist\/(.*)\.js$/, '$1.ts')))).toBe(
      true,
    );
    for (const [name, { depends_on }] of ours) {
      expect(depends_on).toEqual({
        kafka: { condition: 'service_healthy' },
        postgres: { condition: 'service_healthy' },
        ...(name === 'migrate' ? {} : { migrate: { condition: 'service_completed_successfully' } }),
      });
    }
    for (const name of ['kafka', 'postgres']) expect(services[name]?.healthcheck?.test).toBeDefined();
  });

  it('leaves services time to end by themselves, and publishes ports on the loopback interface only', () => {
    for (const [, { stop_grace_period }] of ours) expect(stop_grace_period).toBe('30s');
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('declares the volumes it mounts', () => {
    const mounted = Object.values(services).flatMap((service) => service.volumes ?? []);
    expect(mounted.map((mount) => mount.split(':')[0])).toEqual(Object.keys(volumes));
  });
});

describe('deploy/Dockerfile', () => {
  it('copies only what exists and what .dockerignore lets through', () => {
    const kept = text('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = dockerfile.split('\n').flatMap((line) => {
      const [instruction, ...paths] = line.split(' ');
      return instruction === 'COPY' && !paths[0]?.startsWith('--from') ? paths.slice(0, -1) : [];
    });
    expect(copied.filter((path) => !existsSync(join(projectDir, path)))).toEqual([]);
    expect(copied.sort()).toEqual(kept.sort());
  });

  it.each([
    [200, 0],
    [503, 1],
  ])('calls a service that answers %i to readyz healthy by exit code %i', async (status, code) => {
    const server = createServer((request, response) =>
      response.writeHead(request.url === '/readyz' ? status : 404).end(),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const [, ...args] = JSON.parse(/CMD (\["node".*\])/.exec(dockerfile)![1]!) as string[];
    const probe = spawn(process.execPath, args, { env: { SIMYARD_HTTP_PORT: String(port) } });
    expect(await once(probe, 'exit')).toEqual([code, null]);
    server.close();
  });

  it('sets only variables that libs/config reads, beside its own', () => {
    const set = [...dockerfile.matchAll(/^\s*(?:ENV )?([A-Z_]+)=/gm)].map(([, name]) => name);
    const known = new Set([...environmentVariables(), 'NODE_ENV', 'SERVICE']);
    expect(set.filter((name) => !known.has(name!))).toEqual([]);
    expect(set).toContain('SIMYARD_HTTP_PORT');
  });
});
