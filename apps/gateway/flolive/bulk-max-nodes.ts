/** Injection token of the most nodes that a bulk may have (SIMYARD_BULK_MAX_NODES). */
export const BULK_MAX_NODES = Symbol('most nodes of a bulk');
