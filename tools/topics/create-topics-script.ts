import type { TopicSettings } from './topic-settings.js';

/** deploy/kafka/create-topics.sh: for operators who create topics with Kafka's own tools. */
export function createTopicsScript(settings: TopicSettings[]): string {
  return `#!/usr/bin/env bash
# Creates Simyard's topics with Kafka's own tools; what exists is left as it is. Written by \`npm run docs:topics\`.
#
#     BOOTSTRAP_SERVER=broker:9092 deploy/kafka/create-topics.sh
#
# TOPIC_PREFIX         put before every name, as SIMYARD_TOPIC_PREFIX of the services
# REPLICATION_FACTOR   3 unless told; with one broker it must be 1
# MIN_INSYNC_REPLICAS  2 unless told; below the replication factor, or a lost broker stops every write
# COMMAND_CONFIG       properties file for the connection (security.protocol, sasl.*)
# KAFKA_TOPICS         the tool, kafka-topics.sh unless told
set -euo pipefail

: "\${BOOTSTRAP_SERVER:?must name a broker, as host:port}"
prefix=\${TOPIC_PREFIX:-}
replicas=\${REPLICATION_FACTOR:-3}
in_sync=\${MIN_INSYNC_REPLICAS:-2}
tool=(\${KAFKA_TOPICS:-kafka-topics.sh})
connection=(--bootstrap-server "$BOOTSTRAP_SERVER")
if [[ -n \${COMMAND_CONFIG:-} ]]; then connection+=(--command-config "$COMMAND_CONFIG"); fi
if ((in_sync > replicas)); then
  echo "MIN_INSYNC_REPLICAS ($in_sync) is above REPLICATION_FACTOR ($replicas): no write could succeed" >&2
  exit 1
fi

# create <topic> <partitions> <key=value>...
create() {
  local name=$prefix$1 partitions=$2 setting
  local settings=(--config "min.insync.replicas=$in_sync")
  shift 2
  for setting in "$@"; do settings+=(--config "$setting"); done
  "\${tool[@]}" "\${connection[@]}" --create --if-not-exists --topic "$name" --partitions "$partitions" \\
    --replication-factor "$replicas" "\${settings[@]}"
}

${settings.map(line).join('\n')}
`;
}

function line({ name, partitions, config }: TopicSettings): string {
  const options = Object.entries(config).map(([key, value]) => `${key}=${value}`);
  return ['create', name, partitions, ...options].join(' ');
}
