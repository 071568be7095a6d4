/** A row of an upload: the item it describes, not checked yet, or why it cannot be read. */
export type UploadRow = { line: number; key: string | undefined; data: unknown } | { line: number; reason: string };

/** Longest row in characters: longer than any that fits an action. Beyond it, a quote was probably not closed. */
export const maxRowLength = 16 * 1024;
