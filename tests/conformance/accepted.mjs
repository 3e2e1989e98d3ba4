// Differences from Elastic's parsers that are meant, each with its reason. They count neither as equal nor as different.

/** One rule a difference: which modules and fields, when, and why. */
const rules = [
  { module: /./, field: /./, when: (ours, theirs) => ours === undefined && theirs === '-', because: 'Elastic keeps `-`; what is unknown is null here' },
  { module: /./, field: /^url\.(path|query)$/, when: (ours, theirs) => isDecoded(ours, theirs), because: 'Elastic decodes; paths and queries stay as sent here, so that what was tried to be hidden shows' },
  { module: /^iis\/access$/, field: /^url\.original$/, when: (ours, theirs) => String(ours).startsWith(`${theirs}?`), because: 'Elastic leaves out the query' },
  { module: /^iis\/access$/, field: /^(source|destination)\.address$/, when: (_, theirs) => Array.isArray(theirs), because: 'the sample was damaged by a Markdown editor' },
  { module: /^iis\//, field: /\.address$/, when: (ours, theirs) => theirs === `${ours}%0`, because: 'the zone of an address means something on that machine only' },
  { module: /^envoyproxy\/log$/, field: /^network\.transport$/, when: (ours) => ours === undefined, because: 'the log does not say it: HTTP/3 is UDP' },
  { module: /^envoyproxy\/log$/, field: /^url\.domain$/, when: (ours, theirs) => String(theirs).startsWith(`${ours}:`), because: 'the port is in url.port' },
  { module: /^envoyproxy\/log$/, field: /\.bytes$/, because: 'Envoy writes the bytes received first, Elastic reads them as those sent' },
  { module: /^aws\/elb$/, field: /^url\./, when: (_, theirs, event) => event['url.domain'] === null, because: 'a request that is none is kept whole in http.request.line' },
];

/** Whether theirs is ours with percent codes and `+` decoded. */
function isDecoded(ours, theirs) {
  try {
    return ours !== undefined && [ours, ours.replaceAll('+', ' ')].some((text) => decodeURIComponent(text) === theirs);
  } catch {
    return false;
  }
}

/** Why a value differs from Elastic's, or nothing where it should not. */
export function accepted(module, field, ours, theirs, event) {
  const rule = rules.find((r) => r.module.test(module) && r.field.test(field) && (r.when?.(ours, theirs, event) ?? true));
  return rule?.because;
}
