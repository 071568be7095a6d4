import { cpus } from 'node:os';
import type { LimitResult } from './limit.js';
import type { NestWayResult } from './nest-way/measure.js';
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
  restUnderLoad?: RestResult;
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
  latency(lines, 'REST swap, idle', report.restIdle);
  latency(lines, 'REST swap, 100,000 Kafka commands waiting', report.restUnderLoad);
  usage(lines, report.product);
  return lines.join('\n');
}

const count = (value: number): string => Math.round(value).toLocaleString('en');

function latency(lines: string[], name: string, result?: RestResult): void {
  if (!result) return;
  const { p50Ms, p95Ms, p99Ms, maxMs, requests, failures } = result;
  lines.push(
    `${name.padEnd(44)}p50 ${p50Ms} ms, p95 ${p95Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms (${requests} requests, ${failures} failed)`,
  );
}

function usage(lines: string[], product?: ProductResult): void {
  if (!product) return;
  lines.push('', 'process         CPU s   µs per command   peak MiB');
  for (const [name, { cpuSeconds, peakMiB }] of Object.entries(product.usage)) {
    const each = Math.round((cpuSeconds * 1e6) / product.commands);
    lines.push(
      `${name.padEnd(14)}${cpuSeconds.toFixed(1).padStart(7)}${String(each).padStart(17)}${String(peakMiB ?? '').padStart(11)}`,
    );
  }
}
