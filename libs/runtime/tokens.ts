/** Injection tokens of what every service has. */
export const CONFIG = Symbol('config');
export const LOGGER = Symbol('logger');
export const HEALTH = Symbol('health');
