import type { PlatformsResult, SteadyResult } from './platforms.js';
import { count, named, times, usageLines } from './report-lines.js';
import type { PatchResult } from './sync-patch.js';

export function platformLines(result: PlatformsResult): string[] {
  const { operations, seconds, perSecond, failures, usage, steady, patch } = result;
  return [
    '',
    named(
      'status changes at ten async platforms',
      `${count(perSecond).padStart(8)}/s   ${count(operations)} in ${seconds.toFixed(1)} s (${failures} failed)`,
    ),
    ...usageLines('change', operations, usage),
    '',
    ...steadyLines(steady),
    '',
    ...patchLines(patch),
  ];
}

function steadyLines({ perSecond, blackHoled, pairs, growth }: SteadyResult): string[] {
  const platforms = Object.keys(pairs[0]?.well.ofPlatforms ?? {}).sort();
  return [
    ...pairs.flatMap(({ well, ill }) => [
      named(`${perSecond} changes a second, all well`, times(well.ofAll)),
      named(`the same, ${blackHoled} black-holed`, times(ill.ofAll)),
    ]),
    named(
      'p95 of the platform that suffers most',
      `${growth < 1 ? '' : '+'}${((growth - 1) * 100).toFixed(0)}% (median of ${pairs.length} pairs)`,
    ),
    'p95 by platform, all well and with one black-holed',
    ...platforms.map((name) =>
      named(
        `  ${name}`,
        pairs
          .map(({ well, ill }) => `${well.ofPlatforms[name]?.p95Ms ?? 0} → ${ill.ofPlatforms[name]?.p95Ms ?? 0} ms`)
          .join(', '),
      ),
    ),
  ];
}

const patchLines = ({ requests, failures, answerMs, patch, direct }: PatchResult): string[] => [
  named(`PATCH, platform answers after ${answerMs} ms`, `${times(patch)} (${requests} requests, ${failures} failed)`),
  named('  the platform itself', times(direct)),
  named('  our overhead at p50', `${(patch.p50Ms - direct.p50Ms).toFixed(1)} ms`),
];
