import type { CommandData } from '#libs/contracts';
import type { CommandHandler } from '#libs/transactions';
import { changeSims, type SimChangeSources } from '../platform/change-sims.js';
import { decideCustomProperties } from './decide-custom-properties.js';

/** Gives subscribers' SIMs custom properties, and takes them away. */
export const assignCustomPropertiesOfSims = (
  sources: SimChangeSources,
): CommandHandler<CommandData<'AssignCustomProperties'>> => changeSims(sources, { decide: decideCustomProperties });
