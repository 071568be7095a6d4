export { bulkMigrations } from './migrations/index.js';
export {
  endedItemStatuses,
  itemStatuses,
  type EndedItemStatus,
  type Item,
  type ItemStatus,
  type Job,
  type JobCounts,
  type JobState,
  type NewItem,
  type NewJob,
} from './job.js';
export { insertItems, insertJobs, stageItems, stageJob } from './stage.sql.js';
export { adoptJobs, type Adoption } from './adopt.sql.js';
export { checkItem, isItemKey, toItemData, type ItemCheck } from './item-data.js';
export { listJobs, readJob, readJobs, type JobFilter } from './read-jobs.sql.js';
export { listItems, readItemCalls, streamItems, type ItemCall, type ItemFilter } from './read-items.sql.js';
export { deleteOldJobs } from './retention.js';
