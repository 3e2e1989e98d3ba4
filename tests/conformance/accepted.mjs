// Differences from Elastic's parsers that are meant, each with its reason. They count neither as equal nor as different.

/** One rule a difference: which modules and fields, when, and why. */
const rules = [];

/** Why a value differs from Elastic's, or nothing where it should not. */
export function accepted(module, field, ours, theirs, event) {
  const rule = rules.find((r) => r.module.test(module) && r.field.test(field) && (r.when?.(ours, theirs, event) ?? true));
  return rule?.because;
}
