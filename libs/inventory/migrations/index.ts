import type { Migration } from '#libs/postgres';
import { AddCustomProperties1795200040000 } from './add-custom-properties.js';
import { AddServiceDescriptions1795200050000 } from './add-service-descriptions.js';
import { AddOffersAndParams1795200010000 } from './add-offers-and-params.js';
import { AddBusinessUnits1795200030000 } from './add-business-units.js';
import { CreateInventory1795200000000 } from './create-inventory.js';
import { IndexServiceDescriptions1795200054000 } from './index-service-descriptions.js';
import { OrderResourceKey1795200058000 } from './order-resource-key.js';

/** In the order in which they run. */
export const inventoryMigrations: Migration[] = [
  CreateInventory1795200000000,
  AddOffersAndParams1795200010000,
  AddBusinessUnits1795200030000,
  AddCustomProperties1795200040000,
  AddServiceDescriptions1795200050000,
  IndexServiceDescriptions1795200054000,
  OrderResourceKey1795200058000,
];
