#include "server/adapters/kafka/client/driver.hpp"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "common/id.hpp"
#include "common/log.hpp"
#include "common/text/text.hpp"
#include "server/adapters/kafka/client/login_token.hpp"

namespace sagactl::kafka {
namespace {

constexpr std::size_t reason_size = 512;

// The library logs every attempt to connect; the adapter itself logs changes of state.
void log_callback(const rd_kafka_t*, int level, const char* facility, const char* text) {
  constexpr int syslog_critical = 2;
  const LogLevel own_level = level <= syslog_critical ? LogLevel::error : LogLevel::debug;
  log(own_level, "Kafka client", {{"facility", facility}, {"text", text}});
}

Error wrong_setting(const char* name, const char* reason) {
  return Error{ErrorCode::bug, fmt::format("Kafka setting {}: {}", name, reason)};
}

// Called by librdkafka, on a thread of its own, when it needs a token: at first, and before one expires. The setting
// that it passes on is the name of the file.
void refresh_token(rd_kafka_t* handle, const char* file, void*) {
  const std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  const auto token = read_token(text.str(), wall_clock_now());
  if (!token) {
    rd_kafka_oauthbearer_set_token_failure(handle, fmt::format("{}: {}", file, token.error().message).c_str());
    return;
  }
  char reason[reason_size];
  if (rd_kafka_oauthbearer_set_token(handle, token->text.c_str(), token->expires_at.us / 1000, token->principal.c_str(),
                                     nullptr, 0, reason, sizeof reason) != RD_KAFKA_RESP_ERR_NO_ERROR)
    rd_kafka_oauthbearer_set_token_failure(handle, reason);
}

std::vector<Setting> security_settings(const KafkaSecurity& security) {
  const bool logs_in = security.login != KafkaLogin::none;
  std::vector<Setting> settings;
  if (security.uses_tls())
    settings.emplace_back("security.protocol", logs_in ? "sasl_ssl" : "ssl");
  else if (logs_in)
    settings.emplace_back("security.protocol", "sasl_plaintext");
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) settings.emplace_back(name, value);
  };
  add("ssl.ca.location", security.ca_file);
  add("ssl.certificate.location", security.certificate_file);
  add("ssl.key.location", security.key_file);
  if (logs_in) settings.emplace_back("sasl.mechanism", upper(to_string(security.login)));
  add("sasl.username", security.user);
  add("sasl.password", security.password);
  add("sasl.oauthbearer.config", security.token_file);
  return settings;
}

}  // namespace

Result<NativeConf> make_conf(const KafkaOptions& options, const std::vector<Setting>& settings, void* opaque) {
  NativeConf conf(rd_kafka_conf_new());
  const std::vector<Setting> shared = {
      {"bootstrap.servers", options.brokers}, {"client.id", options.client_id}, {"socket.keepalive.enable", "true"},
      {"socket.timeout.ms", "10000"},         {"reconnect.backoff.ms", "100"},  {"reconnect.backoff.max.ms", "2000"},
      {"log.connection.close", "true"},  // so that its reason is reported
  };
  char reason[reason_size];
  const auto set = [&](const Setting& setting) {
    return rd_kafka_conf_set(conf.get(), setting.first, setting.second.c_str(), reason, sizeof reason) ==
           RD_KAFKA_CONF_OK;
  };
  for (const Setting& setting : shared)
    if (!set(setting)) return wrong_setting(setting.first, reason);
  for (const Setting& setting : settings)
    if (!set(setting)) return wrong_setting(setting.first, reason);
  for (const Setting& setting : security_settings(options.security))
    if (!set(setting))
      return Error{ErrorCode::invalid, fmt::format("Kafka setting {} cannot be used: {}", setting.first, reason)};
  if (options.security.login == KafkaLogin::oauthbearer) {
    rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf.get(), refresh_token);
    rd_kafka_conf_enable_sasl_queue(conf.get(), 1);
  }
  rd_kafka_conf_set_log_cb(conf.get(), log_callback);
  rd_kafka_conf_set_opaque(conf.get(), opaque);
  return conf;
}

Result<NativeHandle> make_handle(rd_kafka_type_t type, NativeConf conf) {
  char reason[reason_size];
  rd_kafka_t* handle = rd_kafka_new(type, conf.get(), reason, sizeof reason);
  if (!handle) return Error{ErrorCode::invalid, fmt::format("cannot create a Kafka client: {}", reason)};
  (void)conf.release();  // owned by the handle
  // Tokens are read by a thread of the library, whatever the caller waits for. An error: this log-in needs none.
  if (rd_kafka_error_t* error = rd_kafka_sasl_background_callbacks_enable(handle)) rd_kafka_error_destroy(error);
  return NativeHandle(handle);
}

Result<NativeHandle> make_reader(const KafkaOptions& options, const std::string& purpose,
                                 std::vector<Setting> settings) {
  settings.insert(settings.end(), {{"group.id", options.client_id + "-" + purpose + "-" + new_uuid().text()},
                                   {"enable.auto.commit", "false"},
                                   {"enable.auto.offset.store", "false"},
                                   {"allow.auto.create.topics", "false"},
                                   {"fetch.wait.max.ms", "100"}});
  auto conf = make_conf(options, settings, nullptr);
  if (!conf) return conf.error();
  auto handle = make_handle(RD_KAFKA_CONSUMER, std::move(conf).value());
  if (handle) rd_kafka_poll_set_consumer(handle->get());
  return handle;
}

namespace {

// What librdkafka calls "Local: Broker transport failure" and the like, in words that say what to check.
std::string meaning_of(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
      return "no broker answers: is Kafka running there, and are host and port right?";
    case RD_KAFKA_RESP_ERR__RESOLVE:
      return "the host name is unknown";
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      return "there is no such topic";
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return "this client has no right to do that with the topic: see the rights in docs/operations.md";
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      return "this client has no right to read in its consumer group: see the rights in docs/operations.md";
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return "this client has no right to do that with the cluster: see the rights in docs/operations.md";
    default: {
      const std::string_view text = rd_kafka_err2str(code);  // "Local: ..." or "Broker: ..."
      const std::size_t colon = text.find(": ");
      return std::string(colon == std::string_view::npos ? text : text.substr(colon + 2));
    }
  }
}

}  // namespace

bool is_missing_right(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED || code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
         code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
}

Error error_of(rd_kafka_resp_err_t code, const KafkaOptions& options, const std::string& what) {
  const std::string message = fmt::format("{}: Kafka at {}: {}", what, options.brokers, meaning_of(code));
  switch (code) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return Error{ErrorCode::forbidden, message};
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return Error{ErrorCode::not_found, message};
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return Error{ErrorCode::too_large, message};
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return Error{ErrorCode::busy, message};
    default:  // librdkafka adds codes: any other is a failure that may pass
      return Error{ErrorCode::unavailable, message};
  }
}

Result<NativeMetadata> metadata_of_topics(rd_kafka_t* handle, const KafkaOptions& options, Duration timeout) {
  const rd_kafka_metadata_t* raw = nullptr;
  const auto code = rd_kafka_metadata(handle, 1, nullptr, &raw, milliseconds(timeout));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, options, "cannot list the topics");
  return NativeMetadata(raw);
}

Result<std::vector<PartitionId>> partitions_of(rd_kafka_t* handle, const KafkaOptions& options,
                                               const std::vector<std::string>& topics, Duration timeout) {
  const auto known = metadata_of_topics(handle, options, timeout);
  return known ? partitions_of(**known, options, topics) : known.error();
}

Result<std::vector<PartitionId>> partitions_of(const rd_kafka_metadata_t& known, const KafkaOptions& options,
                                               const std::vector<std::string>& topics) {
  std::vector<PartitionId> found;
  for (const std::string& topic : topics) {
    const std::size_t before = found.size();
    for (int t = 0; t < known.topic_cnt; ++t)
      if (known.topics[t].topic == topic)
        for (int p = 0; p < known.topics[t].partition_cnt; ++p)
          found.push_back({topic, known.topics[t].partitions[p].id});
    if (found.size() == before)
      return Error{ErrorCode::not_found, fmt::format("Kafka at {} has no topic {}", options.brokers, topic)};
  }
  return found;
}

namespace {

constexpr auto leader_change_interval = std::chrono::milliseconds(100);

// Another broker leads the partition, or will: librdkafka asks who, and leaves another try to its caller.
bool is_leader_changing(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION || code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
}

struct OffsetFailure {
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string what;
};

// The offsets are in the list only when there is no failure.
OffsetFailure find_offsets(rd_kafka_t* handle, rd_kafka_topic_partition_list_t& list, Duration timeout) {
  const auto code = rd_kafka_offsets_for_times(handle, &list, milliseconds(timeout));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return {code, "cannot list the topics' offsets"};
  for (int i = 0; i < list.cnt; ++i) {
    const rd_kafka_topic_partition_t& found = list.elems[i];
    if (found.err == RD_KAFKA_RESP_ERR_NO_ERROR && found.offset >= 0) continue;
    const bool is_said = found.err != RD_KAFKA_RESP_ERR_NO_ERROR;
    return {is_said ? found.err : RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
            fmt::format("cannot find the offsets of topic {}", found.topic)};
  }
  return {};
}

}  // namespace

Result<std::vector<std::int64_t>> list_offsets(rd_kafka_t* handle, const KafkaOptions& options,
                                               const std::vector<PartitionId>& partitions, OffsetSpec spec,
                                               Duration timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  const NativePartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const PartitionId& id : partitions)
    rd_kafka_topic_partition_list_add(list.get(), id.topic.c_str(), id.partition);
  for (Duration left = timeout;;) {
    for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = static_cast<std::int64_t>(spec);
    const OffsetFailure failure = find_offsets(handle, *list, left);
    if (failure.code == RD_KAFKA_RESP_ERR_NO_ERROR) break;
    left = std::chrono::duration_cast<Duration>(deadline - std::chrono::steady_clock::now()) - leader_change_interval;
    if (!is_leader_changing(failure.code) || left <= Duration::zero())
      return error_of(failure.code, options, failure.what);
    std::this_thread::sleep_for(leader_change_interval);
  }
  std::vector<std::int64_t> offsets;
  for (const PartitionId& id : partitions)
    offsets.push_back(rd_kafka_topic_partition_list_find(list.get(), id.topic.c_str(), id.partition)->offset);
  return offsets;
}

Incoming incoming(const rd_kafka_message_t& message) {
  Incoming in;
  in.topic = rd_kafka_topic_name(message.rkt);
  in.partition = message.partition;
  in.offset = message.offset;
  in.at = Timestamp{rd_kafka_message_timestamp(&message, nullptr) * 1000};
  if (message.key) in.key.assign(static_cast<const char*>(message.key), message.key_len);
  if (message.payload) in.value.emplace(static_cast<const char*>(message.payload), message.len);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return in;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
    in.headers.emplace_back(name, value ? std::string(static_cast<const char*>(value), size) : std::string());
  return in;
}

}  // namespace sagactl::kafka
