/** class-transformer publishes this file, but no types beside it; it is the only way to what its decorators recorded. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}
