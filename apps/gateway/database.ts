/** Injection token of the main database. */
export const DATABASE = Symbol('database');
