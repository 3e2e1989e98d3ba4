// Differences from Elastic's parsers that are meant, each with its reason. They count neither as equal nor as different.

/** One rule a difference: which modules and fields, when, and why. */
const rules = [
  {
    module: /^(zeek|suricata|gcp)\//,
    field: /^network\.direction$/,
    when: (ours) => ours === undefined,
    because: 'Elastic derives it from which addresses are private or which projects are the same; the log does not say it',
  },
  {
    module: /^gcp\/firewall$/,
    field: /^network\.direction$/,
    when: (ours, theirs) => theirs === 'internal',
    because: "the log's rule says whether it is inbound or outbound; Elastic says internal where both networks are of known projects",
  },
  {
    module: /^(zeek|gcp)\//,
    field: /^network\.type$/,
    when: (ours) => ours === undefined,
    because: 'Elastic derives it from the form of the address',
  },
  {
    module: /^gcp\/vpcflow$/,
    field: /^network\.name$/,
    when: (ours) => ours === undefined,
    because: 'the ends are in two networks, which ours keeps as gcp.source.vpc_name and gcp.destination.vpc_name; Elastic takes one of them',
  },
  {
    module: /^zeek\/connection$/,
    field: /^(source|destination|network)\.bytes$/,
    because: "ours are what the connection carried (orig_bytes, resp_bytes); Elastic's add the packets' headers, which ours keeps as zeek.conn.orig_ip_bytes",
  },
  {
    module: /^zeek\/http$/,
    field: /^url\.(port|username)$/,
    when: (ours) => ours === undefined,
    because: 'the log names no port and no user in the target; Elastic repeats destination.port and user.name',
  },
  {
    module: /^zeek\/dhcp$/,
    field: /^(source|destination)\.port$/,
    when: (ours) => ours === undefined,
    because: 'the log has no ports; Elastic writes those of the protocol',
  },
  {
    module: /^suricata\/eve$/,
    field: /^destination\.domain$/,
    when: (ours, theirs, event) => ours === undefined && [event['url.domain'], event['tls.server.x509.subject.common_name'], event['tls.client.server_name']].includes(theirs),
    because: 'the log names no destination; Elastic repeats the host or the server name that the client asked for',
  },
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
