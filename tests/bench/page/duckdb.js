// DuckDB-Wasm, single-threaded, as its own documentation uses it in a page: the file is registered as a handle, not copied.
import * as duckdb from '@duckdb/duckdb-wasm';

const DIST = new URL('../node_modules/@duckdb/duckdb-wasm/dist/', import.meta.url);

/** Ways to the same table with typed columns; the fastest one that keeps every line stands for DuckDB. Splitting at blanks with
 * quotes is not among them: one agent without its closing quote, and hundreds of thousands of lines are gone. */
export const LOADS = {
  'split at quotes': `
    CREATE TABLE log AS SELECT split_part(head, ' ', 1) AS host,
      try_strptime(split_part(head, ' ', 4), '[%d/%b/%Y:%H:%M:%S') AS time,
      split_part(request, ' ', 1) AS method, split_part(request, ' ', 2) AS path, split_part(request, ' ', 3) AS version,
      TRY_CAST(split_part(answer, ' ', 2) AS SMALLINT) AS status, TRY_CAST(split_part(answer, ' ', 3) AS BIGINT) AS bytes,
      referrer, agent
    FROM read_csv('access.log', delim = '"', quote = '', escape = '', header = false, auto_detect = false, strict_mode = false,
      null_padding = true, columns = {'head': 'VARCHAR', 'request': 'VARCHAR', 'answer': 'VARCHAR', 'referrer': 'VARCHAR',
        'gap': 'VARCHAR', 'agent': 'VARCHAR', 'tail': 'VARCHAR'})`,
  'regular expression': `
    CREATE TABLE log AS SELECT part.host AS host, try_strptime(part.stamp, '%d/%b/%Y:%H:%M:%S') AS time, part.method AS method,
      part.path AS path, part.version AS version, TRY_CAST(part.status AS SMALLINT) AS status,
      TRY_CAST(part.bytes AS BIGINT) AS bytes, part.referrer AS referrer, part.agent AS agent
    FROM (SELECT regexp_extract(line,
        '^(\\S+) \\S+ \\S+ \\[([^ ]+) [^\\]]+\\] "(\\S+) (\\S+) ?([^"]*)" (\\d+) (\\S+) "([^"]*)" "([^"]*)"',
        ['host', 'stamp', 'method', 'path', 'version', 'status', 'bytes', 'referrer', 'agent']) AS part
      FROM read_csv('access.log', delim = '\\0', quote = '', escape = '', header = false, auto_detect = false,
        columns = {'line': 'VARCHAR'}))`,
};

const GROUP_BYS = ['host', 'path', 'status', 'method', 'referrer', 'agent', "date_trunc('hour', time)"].map(
  (column) => `SELECT ${column} AS value, count(*) AS requests FROM log GROUP BY 1 ORDER BY requests DESC, value LIMIT 50`);

window.duckdbLoads = Object.keys(LOADS);
window.duckdb = {
  async prepare(bundle = 'eh') {
    this.engine = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(new URL(`duckdb-browser-${bundle}.worker.js`, DIST)));
    await this.engine.instantiate(new URL(`duckdb-${bundle}.wasm`, DIST).href);
    this.connection = await this.engine.connect();
    await this.connection.query('SET autoinstall_known_extensions = false; SET autoload_known_extensions = false;');
    return (await this.connection.query('SELECT version() AS version')).toArray()[0].version;
  },
  async measure(file, load) {
    const begin = performance.now();
    await this.engine.registerFileHandle('access.log', file, duckdb.DuckDBDataProtocol.BROWSER_FILEREADER, true);
    await this.connection.query(LOADS[load]);
    const loaded = performance.now();
    const answers = [];
    for (const query of GROUP_BYS) answers.push((await this.connection.query(query)).toArray().length);
    const ms = performance.now() - begin;
    const [counted] = (await this.connection.query('SELECT count(*) AS rows, count(time) AS times FROM log')).toArray();
    return { ms, loadMs: loaded - begin, rows: Number(counted.rows), times: Number(counted.times), answers };
  },
};
