/** Injection token of the most products that a batch may have (SIMYARD_CMO_MAX_PRODUCTS). */
export const CMO_MAX_PRODUCTS = Symbol('most products of a batch');
