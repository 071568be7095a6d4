import { platformProfiles, type PlatformConfig, type Platforms } from '#libs/platforms';

/** The ten platforms, of which those named are connected. */
export function platformsOf(...connected: string[]): Platforms {
  return new Map(
    Object.entries(platformProfiles).map(([name, { ...profile }]): [string, PlatformConfig] => [
      name,
      {
        ...{ name, rateLimit: null, ...profile, credential: 'secret', callbackSecret: 'c'.repeat(32) },
        baseUrl: connected.includes(name) ? `http://${name.toLowerCase()}.test` : null,
        ...{ requestTimeoutMs: 10_000, pollMs: 1000, callbackGraceMs: 30_000, giveUpMs: 60_000, attempts: 6 },
        ...{ concurrency: 32, queueLimit: 100_000 },
      },
    ]),
  );
}
