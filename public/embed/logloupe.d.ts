/** A file to read: as the browser gives it, or any bytes with the path under which the report names them. */
export type LogFile = File | { path: string; file: Blob };

/** How far the reading is. Bytes are as stored. */
export interface Progress {
  stage: 'empty' | 'preview' | 'reading' | 'analyzing' | 'ready' | 'failed';
  bytes: number;
  total: number;
}

/**
 * Settings as the settings page exports them and `logloupe analyze --config` reads them; what is left out has its default.
 * Without any the shipped ones hold.
 */
export interface Settings {
  filter?: string;
  lists?: { banned_hosts?: string[]; banned_ports?: number[]; bad_addresses?: string[]; restricted_hosts?: string[] };
  lookups?: { name: string; pattern: string }[];
  user_agent_prefixes?: string[];
  csv_columns?: Record<string, string>;
  reading?: Record<string, { timezone?: string; year?: number; format?: string; sample?: number; unlimited?: boolean }>;
  formats?: Record<string, string>;
  allow?: { addresses?: string[]; domains?: string[]; paths?: string[]; user_agents?: string[]; rules?: string[] };
  tuning?: Record<string, { severity?: Severity; threshold?: number; off?: boolean }>;
  [name: string]: unknown;
}

export type Severity = 'informational' | 'low' | 'medium' | 'high' | 'critical';

/** What a check says. */
export interface Finding {
  id: string;
  title: string;
  severity: Severity;
  count: number;
  why: string;
  next_step: string;
  evidence: { file: string; line: number; byte: number; text: string }[];
  [name: string]: unknown;
}

/** The report, `logloupe.report.v1`; what is not named here is there too. */
export interface Report {
  schema: string;
  tool: { name: string; version: string };
  inputs: { path: string; format: string; lines: number; accepted: number; rejected: number; skipped: number; [name: string]: unknown }[];
  rows: { total: number; [name: string]: unknown };
  findings: Finding[];
  text: { heading: string; body: string }[];
  [name: string]: unknown;
}

export interface Options {
  /** Ends the reading; the promise is rejected with its reason. */
  signal?: AbortSignal;
  /** Where Logloupe's page is: the folder above this module if left out. It must be of the same site as the calling page. */
  page?: string;
}

/** Reads files and gives the report. Rejected with an `Error` where no report can be made; a bad line is no error. */
export function analyze(
  files: Iterable<LogFile>, settings?: Settings, onProgress?: (progress: Progress) => void, options?: Options,
): Promise<Report>;

/** The same as text, byte for byte what `logloupe analyze --format json` prints. */
export function analyzeText(
  files: Iterable<LogFile>, settings?: Settings, onProgress?: (progress: Progress) => void, options?: Options,
): Promise<string>;
