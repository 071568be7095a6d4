import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';

/** How far a piece of work is. */
export interface ProgressState {
  /** 0 to 1; unknown for what comes from a pipe */
  fraction?: number;
  /** counts, pace */
  text: string;
}

/** Progress for people, on standard error. */
export interface Progress {
  show: (state: ProgressState) => void;
  /** A line that stays. */
  note: (text: string) => void;
  /** Takes the bar away. */
  end: () => void;
}

/** Between two lines, where no line can be written over. */
const lineEveryMs = 5000;
/** An upload would be drawn anew for each chunk. */
const frameEveryMs = 80;
const widest = 30;
const narrowest = 8;

export interface ProgressOptions {
  quiet?: boolean | undefined;
  stream?: NodeJS.WriteStream;
  environment?: Record<string, string | undefined>;
  now?: () => number;
}

/** A bar on a terminal, a line every few seconds elsewhere, nothing when quiet. */
export function createProgress({
  quiet = false,
  stream = process.stderr,
  environment = process.env,
  now = () => performance.now(),
}: ProgressOptions = {}): Progress {
  if (quiet) return { show: () => undefined, note: () => undefined, end: () => undefined };
  const canRewrite = stream.isTTY && environment['TERM'] !== 'dumb';
  return canRewrite ? bar(stream, painter(stream, environment), now) : lines(stream, now);
}

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** Colours on a terminal only, and never when NO_COLOR is set. */
function painter(stream: NodeJS.WriteStream, environment: Record<string, string | undefined>): Paint {
  const plain = !stream.isTTY || Boolean(environment['NO_COLOR']);
  return (style, text) => (plain ? text : styleText(style, text, { validateStream: false }));
}

function bar(stream: NodeJS.WriteStream, paint: Paint, now: () => number): Progress {
  let shownAt = -Infinity;
  // The cursor stays: whoever kills us would leave the terminal without one.
  const update = createLogUpdate(stream, { showCursor: true });
  return {
    show: (state) => {
      if (now() - shownAt < frameEveryMs && state.fraction !== 1) return;
      shownAt = now();
      update(barLine(state, stream.columns, paint));
    },
    note: (text) => {
      update.clear();
      // Not by its persist, which breaks lines: a command in it is there to be copied.
      stream.write(`${text}\n`);
    },
    end: () => update.clear(),
  };
}

function lines(stream: NodeJS.WriteStream, now: () => number): Progress {
  let saidAt = now();
  return {
    show: (state) => {
      if (now() - saidAt < lineEveryMs) return;
      saidAt = now();
      stream.write(`${plainLine(state)}\n`);
    },
    note: (text) => stream.write(`${text}\n`),
    end: () => undefined,
  };
}

/** `████░░░░  52%  text`, no wider than the terminal. */
export function barLine({ fraction, text }: ProgressState, columns: number, paint: Paint): string {
  const room = columns - 1;
  if (fraction === undefined) return text.slice(0, room);
  const percent = `${percentOf(fraction)}%`.padStart(4);
  const width = Math.max(narrowest, Math.min(widest, room - percent.length - text.length - 3));
  const full = Math.floor(width * Math.min(1, fraction));
  const rest = `${percent}  ${text}`.slice(0, Math.max(0, room - width - 1));
  return `${paint('green', '█'.repeat(full))}${paint('dim', '░'.repeat(width - full))} ${rest}`;
}

export const plainLine = ({ fraction, text }: ProgressState): string =>
  fraction === undefined ? text : `${percentOf(fraction)}%  ${text}`;

/** 100 only when all is done. */
const percentOf = (fraction: number): number => Math.floor(Math.min(1, fraction) * 100);
