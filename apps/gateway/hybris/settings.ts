/** Injection tokens of this facade's parts. */
export const BROKER_WATCH = Symbol('broker watch');
export const HYBRIS_MAX_ICCIDS = Symbol('hybris max iccids');
export const HYBRIS_RATE = Symbol('hybris rate');
