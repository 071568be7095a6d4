import { pino, stdSerializers, type Logger } from 'pino';

export type { Logger };

/** Replaces what may identify a person: runs of seven or more digits (MSISDN, IMSI, ICCID) and e-mail addresses. */
export function redact(text: string): string {
  return text
    .replace(/(?<![\w-])\+?\d{7,}(?![\w-])/g, '[redacted]')
    .replace(/[^\s@/?&=:"']+@[^\s@/?&=:"']+/g, '[redacted]');
}

/** JSON logger of a service. Errors are logged with their chain of causes, redacted: Postgres puts key values into them. */
export function createLogger(name: string, level: string): Logger {
  return pino({
    name,
    level,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    base: { service: name, pid: process.pid },
    redact: {
      paths: ['*.authorization', '*.client_secret', 'headers.authorization', 'headers.client_secret'],
      censor: '[redacted]',
    },
    serializers: { err: serializeError },
  });
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.errWithCause(error);
  const code: unknown = Reflect.get(error, 'code');
  return {
    type,
    code,
    message: redact(message),
    stack: redact(stack),
    cause: error.cause === undefined ? undefined : serializeError(error.cause),
  };
}
