#!/usr/bin/env bash
# Creates Simyard's topics with Kafka's own tools; what exists is left as it is. Written by `npm run docs:topics`.
#
#     BOOTSTRAP_SERVER=broker:9092 deploy/kafka/create-topics.sh
#
# TOPIC_PREFIX         put before every name, as SIMYARD_TOPIC_PREFIX of the services
# REPLICATION_FACTOR   3 unless told; with one broker it must be 1
# MIN_INSYNC_REPLICAS  2 unless told; below the replication factor, or a lost broker stops every write
# COMMAND_CONFIG       properties file for the connection (security.protocol, sasl.*)
# KAFKA_TOPICS         the tool, kafka-topics.sh unless told
set -euo pipefail

: "${BOOTSTRAP_SERVER:?must name a broker, as host:port}"
prefix=${TOPIC_PREFIX:-}
replicas=${REPLICATION_FACTOR:-3}
in_sync=${MIN_INSYNC_REPLICAS:-2}
tool=(${KAFKA_TOPICS:-kafka-topics.sh})
connection=(--bootstrap-server "$BOOTSTRAP_SERVER")
if [[ -n ${COMMAND_CONFIG:-} ]]; then connection+=(--command-config "$COMMAND_CONFIG"); fi
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
  "${tool[@]}" "${connection[@]}" --create --if-not-exists --topic "$name" --partitions "$partitions" \
    --replication-factor "$replicas" "${settings[@]}"
}

create simyard.subscriber.commands.v1 12 cleanup.policy=delete retention.ms=259200000 max.message.bytes=1048576
create simyard.subscriber.commands.v1.dead-letter 12 cleanup.policy=delete retention.ms=2592000000 max.message.bytes=2097152
create simyard.subscriber.commands.interactive.v1 6 cleanup.policy=delete retention.ms=259200000 max.message.bytes=1048576
create simyard.subscriber.commands.interactive.v1.dead-letter 6 cleanup.policy=delete retention.ms=2592000000 max.message.bytes=2097152
create simyard.resource-swap.commands.v1 12 cleanup.policy=delete retention.ms=259200000 max.message.bytes=1048576
create simyard.resource-swap.commands.v1.dead-letter 12 cleanup.policy=delete retention.ms=2592000000 max.message.bytes=2097152
create simyard.resource-swap.commands.interactive.v1 6 cleanup.policy=delete retention.ms=259200000 max.message.bytes=1048576
create simyard.resource-swap.commands.interactive.v1.dead-letter 6 cleanup.policy=delete retention.ms=2592000000 max.message.bytes=2097152
create simyard.bulk-jobs.commands.v1 12 cleanup.policy=delete retention.ms=259200000 max.message.bytes=1048576
create simyard.bulk-jobs.commands.v1.dead-letter 12 cleanup.policy=delete retention.ms=2592000000 max.message.bytes=2097152
create simyard.bulk-jobs.commands.interactive.v1 6 cleanup.policy=delete retention.ms=259200000 max.message.bytes=1048576
create simyard.bulk-jobs.commands.interactive.v1.dead-letter 6 cleanup.policy=delete retention.ms=2592000000 max.message.bytes=2097152
create simyard.monitor.commands.v1 12 cleanup.policy=delete retention.ms=259200000 max.message.bytes=1048576
create simyard.monitor.commands.v1.dead-letter 12 cleanup.policy=delete retention.ms=2592000000 max.message.bytes=2097152
create simyard.monitor.commands.interactive.v1 6 cleanup.policy=delete retention.ms=259200000 max.message.bytes=1048576
create simyard.monitor.commands.interactive.v1.dead-letter 6 cleanup.policy=delete retention.ms=2592000000 max.message.bytes=2097152
create simyard.platform-requests.v1 12 cleanup.policy=delete retention.ms=259200000 max.message.bytes=1048576
create simyard.platform-requests.v1.dead-letter 12 cleanup.policy=delete retention.ms=2592000000 max.message.bytes=2097152
create simyard.platform-requests.interactive.v1 6 cleanup.policy=delete retention.ms=259200000 max.message.bytes=1048576
create simyard.platform-requests.interactive.v1.dead-letter 6 cleanup.policy=delete retention.ms=2592000000 max.message.bytes=2097152
create simyard.business-transactions.v1 12 cleanup.policy=delete retention.ms=-1 max.message.bytes=1048576
create simyard.business-transactions.v1.dead-letter 12 cleanup.policy=delete retention.ms=2592000000 max.message.bytes=2097152
create simyard.command-outcomes.v1 12 cleanup.policy=delete retention.ms=604800000 max.message.bytes=1048576
