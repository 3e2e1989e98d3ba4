// What was found out by eye about the real logs: which scenarios are no web attack, which requests carry a command, and
// which findings on ordinary traffic are true.

/** Scenarios of CrowdSec's tests that hold no web attack of a request line, and why. */
export const notAttacks = {
  'apache-guacamole_bf': 'failed logins in the own log of a remote desktop gateway, no requests',
  'aws-alb-logs': 'a sample for the parser; what it holds of attacks is counted by the other scenarios',
  'base-upsun-httplog-logs': 'a sample for the parser with one harmless request',
  'caddy-crs-anomaly-score': 'verdicts of another firewall, no requests',
  'envoy-logs': 'a sample for the parser',
  'fastly-logs': 'a sample for the parser',
  'fortinet-vpn-bf': 'failed logins in the log of a VPN gateway, no requests',
  'grafana-logs': "failed logins in the application's own log, no requests",
  'haproxy-logs': 'a sample for the parser',
  'http-magento-bf': "failed logins in the shop's own log, no requests",
  'magento-ccs': "failed payments in the shop's own log, no requests",
  'magento-ccs-by-country': "failed payments in the shop's own log, no requests",
  'nginx-mail-bf': 'failed logins to a mail server, no requests',
  'nginx_http-catch-npm': 'a sample for the parser with harmless requests',
  'nginx_req_limit_exceeded': "messages of the server's own limit on rates, no attack by itself",
  'suricata-logs-evelog': 'verdicts of another tool on network traffic',
  'zimbra-bf': "failed logins in the mail server's own log, no requests",
};

/** Requests that carry a command of the operating system or a call into a program, as the honeypot's logs have them. */
export const commands = [
  /cmd=|todo=syscmd|;\s*wget|\/bin\/sh|\/bin\/bash/i,
  /#exec%20cmd|%23exec/i,
  /invokefunction/i,
  /\$\{jndi|\(\)\s*\{/i,
  /diag_Form/,
];

/** Findings of level medium or above on ordinary traffic that were looked at row by row and are true. */
export const answeredTrue = {
  apache_elastic: {},
  zanbil: {},
  modern_access: {
    'http.brute_force': 'one address sent 60 posts to xmlrpc.php in a minute',
    'http.scanner': 'four addresses asked for lists of back doors and keys; nearly all was refused',
    'web.disguised_scanner': 'a known scanner for back doors with a spelling mistake in its name',
    'web.script_in_uploads': 'programs in folders of pictures that do not exist',
    'web.system_file_read': 'a list of places for keys was tried',
    'web.web_shell': 'alfa, up.php and others, all refused',
    'web.wordpress_backdoor': 'programs that attackers leave in WordPress, all refused',
  },
};
