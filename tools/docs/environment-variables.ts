import { loadConfig } from '#libs/config';

/** Names of the environment variables that libs/config reads, in its order. */
export function environmentVariables(): string[] {
  const names: string[] = [];
  const required: Record<string, string> = {
    DATABASE_URL: 'postgres://host/database',
    KAFKA_BROKERS: 'host:9092',
    SIMYARD_SECRET_PEPPER: 'x'.repeat(32),
  };
  const recorder = new Proxy(required, {
    get(target, name) {
      if (typeof name === 'string') names.push(name);
      return Reflect.get(target, name) as unknown;
    },
  });
  loadConfig(recorder);
  return [...new Set(names)];
}
