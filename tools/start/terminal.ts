import { styleText } from 'node:util';

/** The screen of `npm start`. Colours and the line in progress appear on a terminal only. */
export interface Terminal {
  line(text?: string): void;
  heading(text: string): void;
  /** A label and its value, aligned with the others. */
  field(label: string, value: string): void;
  error(text: string): void;
  /** One line for a piece of work: what it does while it lasts, what came of it and how long it took at its end. */
  step<T>(
    title: string,
    work: (progress: (text: string) => void) => Promise<T>,
    outcome: (result: T) => string,
  ): Promise<T>;
}

type Style = Parameters<typeof styleText>[0];

/** Between two lines of progress where no line can be written over. */
const progressEveryMs = 2000;
const titleWidth = 22;
const labelWidth = 13;
const clearLine = '\r\x1b[2K';

export function createTerminal(stream: NodeJS.WriteStream = process.stdout): Terminal {
  const paint = (style: Style, text: string): string => styleText(style, text, { stream });
  // Whoever reads our output may go; the system stays up.
  stream.on('error', () => undefined);
  let pending = '';

  const show = (text: string): void => {
    pending = text;
    if (stream.isTTY) stream.write(clearLine + text.slice(0, stream.columns - 1));
  };
  const line = (text = ''): void => {
    stream.write(`${stream.isTTY && pending ? clearLine : ''}${text}\n`);
    if (pending) show(pending);
  };
  const settle = (text: string): void => {
    const last = stream.isTTY ? clearLine : '';
    pending = '';
    stream.write(`${last}${text}\n`);
  };

  return {
    line,
    heading: (text) => line(`\n${paint('bold', text)}`),
    field: (label, value) => line(`     ${paint('dim', label.padEnd(labelWidth))}${value}`),
    error: (text) => line(`${paint('red', '✗')} ${text}`),
    async step(title, work, outcome) {
      const name = title.padEnd(titleWidth);
      const startedAt = performance.now();
      let saidAt = -Infinity;
      const progress = (text: string): void => {
        const now = performance.now();
        if (stream.isTTY) show(`  … ${name}${text}`);
        else if (now - saidAt >= progressEveryMs) {
          saidAt = now;
          line(`  … ${name}${text}`);
        }
      };
      if (stream.isTTY) progress('');
      try {
        const result = await work(progress);
        const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
        settle(`  ${paint('green', '✓')} ${name}${outcome(result)} ${paint('dim', `${seconds} s`)}`);
        return result;
      } catch (error) {
        settle(`  ${paint('red', '✗')} ${name}`);
        throw error;
      }
    },
  };
}
