import { cpus } from 'node:os';
import type { AdmissionResult, WritesResult } from './admission.js';
import type { BulkResult, JobResult } from './bulk.js';
import type { LimitResult } from './limit.js';
import type { LockCostResult } from './lock-cost.js';
import type { NestWayResult } from './nest-way/measure.js';
import { platformLines } from './report-platforms.js';
import { count, named, times, usageLines } from './report-lines.js';
import type { PlatformsResult } from './platforms.js';
import type { ProductResult } from './product.js';
import type { RestResult } from './rest.js';

export interface BenchReport {
  machine: { cores: number; node: string };
  subscribers: number;
  product?: ProductResult;
  nestWay?: NestWayResult;
  limit?: LimitResult;
  /** a/b and a/c */
  ratios?: { productToNestWay?: number; productToLimit?: number; scale?: number };
  restIdle?: RestResult;
  /** perSecond: of those that wait, meanwhile */
  restUnderLoad?: RestResult & { waiting: number; perSecond: number };
  bulk?: BulkResult;
  lockCost?: LockCostResult;
  admission?: AdmissionResult;
  platforms?: PlatformsResult;
  scale?: { subscribers: number; product: ProductResult };
}

export const machine = (): BenchReport['machine'] => ({ cores: cpus().length, node: process.version });

/** The report as a table for people. */
export function renderReport(report: BenchReport): string {
  const lines = [
    `${report.machine.cores} cores, Node ${report.machine.node}, ${count(report.subscribers)} subscribers`,
    '',
  ];
  const rate = (name: string, result?: { commands: number; perSecond: number; seconds: number }): void => {
    if (!result) return;
    const { commands, perSecond, seconds } = result;
    lines.push(`${name.padEnd(44)}${count(perSecond).padStart(8)}/s   ${count(commands)} in ${seconds.toFixed(1)} s`);
  };
  rate('(a) product, Kafka to warehouse', report.product);
  rate("(b) Nest's transport, TypeORM per message", report.nestWay);
  rate('(c) the same batches without messaging', report.limit);
  if (report.scale) rate(`(a) with ${count(report.scale.subscribers)} subscribers`, report.scale.product);
  for (const [name, ratio] of Object.entries(report.ratios ?? {}))
    lines.push(`${name.padEnd(44)}${ratio.toFixed(2).padStart(8)}`);
  if (report.restIdle) lines.push(restLine('REST swap, idle', report.restIdle));
  if (report.restUnderLoad) {
    const { waiting, perSecond } = report.restUnderLoad;
    lines.push(restLine(`REST swap, ${count(waiting)} Kafka commands waiting`, report.restUnderLoad));
    lines.push(`  of which are stored meanwhile${count(perSecond).padStart(22)}/s`);
  }
  if (report.product) lines.push(...usageLines('command', report.product.commands, report.product.usage));
  if (report.bulk) lines.push(...bulkLines(report.bulk));
  if (report.lockCost) lines.push(...lockCostLines(report.lockCost));
  if (report.admission) lines.push(...admissionLines(report.admission));
  if (report.platforms) lines.push(...platformLines(report.platforms));
  return lines.join('\n');
}

const restLine = (name: string, result: RestResult): string =>
  named(name, `${times(result)} (${result.requests} requests, ${result.failures} failed)`);

function bulkLines({ usage, beside, callsIdle, callsBeside, ...job }: BulkResult): string[] {
  const calls = [
    { name: 'one floLIVE call until its end, idle', of: callsIdle },
    { name: 'the same beside a bulk', of: callsBeside },
  ];
  return [
    '',
    jobLine('bulk reset, upload to warehouse', job),
    jobLine('bulk reset beside 5 single calls a second', beside),
    ...calls.map(({ name, of }) => named(name, `${times(of.ended)} (${of.calls} calls, ${of.failures} failed)`)),
    named('  until it is acknowledged, beside a bulk', times(callsBeside.acknowledged)),
    ...usageLines('item', job.items, usage),
  ];
}

const jobLine = (name: string, { items, seconds, perSecond, uploadSeconds }: JobResult): string =>
  named(
    name,
    `${count(perSecond).padStart(8)}/s   ${count(items)} in ${seconds.toFixed(1)} s, of that upload ${uploadSeconds.toFixed(1)} s`,
  );

function lockCostLines({ writes, rounds, withLocksUs, withoutLocksUs, ratio }: LockCostResult): string[] {
  return [
    '',
    named(
      'a write, admission to its end, no HTTP',
      `${count(withLocksUs)} µs with locks, ${count(withoutLocksUs)} µs without: ${ratio.toFixed(2)} (median of ${rounds} pairs of ${count(writes)} writes)`,
    ),
    "  the gateway's admission of the same writes under floLIVE's policy (two locks) and Kafka's (none), in alternation",
  ];
}

const admissionLines = ({ gatewayAlone, withServices }: AdmissionResult): string[] => [
  ...writesLines('floLIVE writes, distinct users, one gateway', gatewayAlone),
  ...writesLines('the same while all services carry them out', withServices),
];

function writesLines(name: string, result: WritesResult): string[] {
  const { acceptedPerSecond, accepted, locked, failures, seconds, writes, usage } = result;
  return [
    '',
    named(
      name,
      `${count(acceptedPerSecond).padStart(8)}/s   ${count(accepted)} accepted in ${seconds.toFixed(1)} s (${locked} locked, ${failures} failed)`,
    ),
    named('  until it is acknowledged', times(result)),
    ...usageLines('write', writes, usage),
  ];
}
