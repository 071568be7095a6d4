export type ProviderKind = 'external' | 'testcontainers' | 'embedded';

/** How to end a server: `graceful` lets it finish what it does, `immediate` is a crash it must recover from. */
export type StopMode = 'graceful' | 'immediate';

/** A server process of ours. `start` and `stop` may be called again and again; port and data stay the same. */
export interface ServerControl {
  readonly port: number;
  /** Process id of the running server, undefined while it is stopped. */
  pid(): number | undefined;
  /** Resolves when the process has ended. */
  stop(mode: StopMode): Promise<void>;
  /** Resolves when the server answers requests. Fails with the end of its log. */
  start(): Promise<void>;
}

export type BrokerControl = ServerControl;

/** A Kafka cluster and a Postgres server, with what is needed to reach them and to end them. */
export interface Infrastructure {
  readonly kind: ProviderKind;
  /** `host:port` of each bootstrap broker. */
  readonly kafkaBrokers: string[];
  /** URL of the main database; its user may create databases and roles. */
  readonly databaseUrl: string;
  /** URL of the data warehouse's database; the main database unless DWH_DATABASE_URL says otherwise. */
  readonly dwhDatabaseUrl: string;
  /** Control of the broker's process, of embedded servers only. */
  readonly kafka: BrokerControl | undefined;
  /** Control of the database's process, of embedded servers only. */
  readonly postgres: ServerControl | undefined;
  /** Ends what was started here; external servers are left alone. May be called twice. */
  stop(): Promise<void>;
}

export interface InfrastructureOptions {
  /** Where embedded servers keep data and logs. One running instance per directory. */
  readonly dataDir: string;
  /** Keep the data for the next start; otherwise the directory is removed by `stop`. */
  readonly persistent: boolean;
  /** Receives one line per step. */
  readonly log: (line: string) => void;
  /** Overrides the choice made from the environment. */
  readonly provider?: ProviderKind;
}
