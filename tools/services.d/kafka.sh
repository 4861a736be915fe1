# Kafka 4.1 in KRaft mode, broker and controller in one process. Its jars come through Maven and are kept in the
# user's cache, for all sets, together with an empty data folder: formatting one takes as long as a start.

kafka_version=4.1.2
kafka_cache=${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/sagactl/kafka-$kafka_version

kafka_is_installed() { command -v java >/dev/null && [[ -d $kafka_cache ]]; }

# All or nothing: the folder gets its name when it is complete, and nothing is left of one that failed.
kafka_install() (
  command -v java >/dev/null || fail "Java is missing; on Debian and Ubuntu it is the package default-jre-headless, on Fedora java-21-openjdk-headless"
  command -v mvn >/dev/null || fail "Maven is missing; it is the package maven"
  fresh=$kafka_cache.$$
  trap 'rm -rf "$fresh"' EXIT
  mkdir -p "$fresh"
  say "fetching Kafka $kafka_version"
  quietly "fetching Kafka by Maven" mvn -B -q -f tools/services.d/kafka/pom.xml -Dkafka.version="$kafka_version" \
    dependency:copy-dependencies -DoutputDirectory="$fresh/jars"
  kafka_configure "$fresh/empty" 9092 9093 >"$fresh/server.properties"
  quietly "formatting an empty data folder" java -cp "$fresh/jars/*" kafka.tools.StorageTool format \
    -t "$(kafka_new_id)" -c "$fresh/server.properties"
  mv -T "$fresh" "$kafka_cache" 2>/dev/null || true  # another process was faster
  [[ -d $kafka_cache ]] || fail "cannot write $kafka_cache"
)

# A UUID as Kafka writes it.
kafka_new_id() { head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=' | sed 's/^./S/'; }

# SAGACTL_KAFKA_BEHIND=PROXY_PORT:PORT has it listen on PORT as well, and tell clients that come there to come through
# the proxy: otherwise they would go round it.
kafka_configure() {
  local behind=${SAGACTL_KAFKA_BEHIND:-}
  cat <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$3
listeners=PLAINTEXT://127.0.0.1:$2,CONTROLLER://127.0.0.1:$3${behind:+,PROXIED://127.0.0.1:${behind#*:}}
advertised.listeners=PLAINTEXT://127.0.0.1:$2${behind:+,PROXIED://127.0.0.1:${behind%:*}}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=$1
auto.create.topics.enable=false
num.partitions=6
num.network.threads=2
num.io.threads=4
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
END
}

kafka_begin() {
  local folder=$dir/kafka
  kafka_configure "$folder/data" "$(port_of kafka)" "$(cat "$folder/port.controller")" \
    >"$folder/server.properties" || return 1
  if [[ ! -d $folder/data ]]; then
    rm -rf "$folder/data.new"
    cp -r "$kafka_cache/empty" "$folder/data.new" || return 1
    sed -i "s/^cluster\.id=.*/cluster.id=$(kafka_new_id)/" "$folder/data.new/meta.properties" || return 1
    mv -T "$folder/data.new" "$folder/data" || return 1
  fi
  # It shares the machine: the second of Java's compilers would take a quarter of a core from the others for minutes.
  begin kafka java -Xms256m -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$kafka_cache/jars/*" kafka.Kafka "$folder/server.properties"
}

kafka_answers() { answers_at "$(port_of kafka)"; }

kafka_stop_signal() { echo TERM; }

kafka_env() { say "export KAFKA_BROKER=127.0.0.1:$(port_of kafka)"; }
