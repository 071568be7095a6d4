import { TransformationType, type TypeMetadata } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, type ValidatorConstraintInterface, type ValidationArguments } from 'class-validator';

type DataClass = new () => object;

interface Check {
  validate: (value: unknown) => boolean;
}

interface Property {
  name: string;
  optional: boolean;
  checks: Check[];
  nested?: { dataClass: DataClass; each: boolean };
}

/** What a class demands, read once from class-validator's metadata; null when it demands what is not understood here. */
const plans = new Map<DataClass, Property[] | null>();

/**
 * Accepts data that matches its class, without building validation errors: the way of nearly every message. The checks are
 * class-validator's own. Undefined says nothing yet: the full validation decides, and tells what is wrong.
 */
export function accept<T extends object>(
  dataClass: new () => T,
  plain: object,
  unknownProperties: 'refuse' | 'ignore',
): T | undefined {
  const plan = planOf(dataClass);
  if (plan === null) return undefined;
  const data = new dataClass() as Record<string, unknown>;
  let known = 0;
  for (const property of plan) {
    if (!Object.hasOwn(plain, property.name)) {
      if (property.optional) continue;
      return undefined;
    }
    known += 1;
    const value = acceptProperty(property, (plain as Record<string, unknown>)[property.name], unknownProperties);
    if (value === refused) return undefined;
    data[property.name] = value;
  }
  return unknownProperties === 'refuse' && Object.keys(plain).length > known ? undefined : (data as T);
}

const refused = Symbol('refused');

function acceptProperty(property: Property, value: unknown, unknownProperties: 'refuse' | 'ignore'): unknown {
  if (value === null || value === undefined) return property.optional ? value : refused;
  for (const check of property.checks) if (!check.validate(value)) return refused;
  if (property.nested === undefined) return value;
  const { dataClass, each } = property.nested;
  const one = (item: unknown): unknown =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? (accept(dataClass, item, unknownProperties) ?? refused)
      : refused;
  if (!each) return one(value);
  if (!Array.isArray(value)) return refused;
  const items = value.map(one);
  return items.includes(refused) ? refused : items;
}

function planOf(dataClass: DataClass): Property[] | null {
  const known = plans.get(dataClass);
  if (known !== undefined) return known;
  const plan = makePlan(dataClass);
  plans.set(dataClass, plan);
  return plan;
}

function makePlan(dataClass: DataClass): Property[] | null {
  const properties = new Map<string, Property>();
  const storage = getMetadataStorage();
  for (const metadata of storage.getTargetValidationMetadatas(dataClass, '', false, false)) {
    const name = metadata.propertyName;
    const property = properties.get(name) ?? { name, optional: false, checks: [] };
    properties.set(name, property);
    if (metadata.type === 'nestedValidation') {
      const nestedClass = nestedClassOf(dataClass, name);
      if (nestedClass === undefined) return null;
      property.nested = { dataClass: nestedClass, each: metadata.each };
    } else if (metadata.type === 'conditionalValidation' && metadata.name === 'isOptional') property.optional = true;
    else if (metadata.type === 'customValidation') {
      property.checks.push(
        ...storage
          .getTargetValidatorConstraints(metadata.constraintCls)
          .map(({ instance }) => checkOf(instance, metadata.constraints))
          .map((check) => (metadata.each ? ofEach(check) : check)),
      );
    } else return null;
  }
  return [...properties.values()].some((property) => isTransformed(dataClass, property))
    ? null
    : [...properties.values()];
}

/** A property that class-transformer would turn into something else, such as a text into a number. */
function isTransformed(dataClass: DataClass, { name, nested }: Property): boolean {
  if (defaultMetadataStorage.findTransformMetadatas(dataClass, name, TransformationType.PLAIN_TO_CLASS).length > 0)
    return true;
  return nested === undefined && declaredType(dataClass, name) !== undefined;
}

function checkOf(constraint: ValidatorConstraintInterface, constraints: unknown[]): Check {
  const context = { constraints } as ValidationArguments;
  return { validate: (value) => constraint.validate(value, context) === true };
}

const ofEach = ({ validate }: Check): Check => ({
  validate: (value) => Array.isArray(value) && value.every((item) => validate(item)),
});

const nestedClassOf = (dataClass: DataClass, property: string): DataClass | undefined =>
  declaredType(dataClass, property)?.typeFunction() as DataClass | undefined;

/** Undefined, whatever its declaration says, for a property without @Type. */
const declaredType = (dataClass: DataClass, property: string): TypeMetadata | undefined =>
  defaultMetadataStorage.findTypeMetadata(dataClass, property);
