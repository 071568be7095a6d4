/**
 * Not settled, of requests named by id. The index of what is due is for those that are `not settled`, and lists until VACUUM each
 * that has been settled since: a planner that could use it would read it all to find a few.
 */
export const notSettled = 'settled is not true';
