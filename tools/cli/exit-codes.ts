/** What the program says by its exit code; docs/cli.md and --help show this table. */
export const exitCodes = {
  ok: { code: 0, meaning: 'ok' },
  fault: { code: 1, meaning: 'a fault of ours or of the gateway' },
  usage: { code: 2, meaning: 'wrong usage, or an address or credentials are missing' },
  refused: { code: 3, meaning: 'refused: not valid, not there, not allowed, or locked' },
  incomplete: { code: 4, meaning: 'ended, but not all of it completed: items failed, were cancelled or refused' },
  unreachable: { code: 5, meaning: 'the gateway, the database or Kafka cannot be reached' },
  interrupted: { code: 130, meaning: 'Ctrl-C; a job that was started goes on' },
} as const;

export const exitCodesHelp = [
  '',
  'Exit codes:',
  ...Object.values(exitCodes).map(({ code, meaning }) => `  ${String(code).padEnd(5)}${meaning}`),
].join('\n');
