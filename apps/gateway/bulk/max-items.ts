/** Injection token of the most items that a job may have (SIMYARD_BULK_MAX_ITEMS). */
export const BULK_MAX_ITEMS = Symbol('most items of a job');
