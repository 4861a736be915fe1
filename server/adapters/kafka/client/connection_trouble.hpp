// Why a client has no connection to Kafka, as its library said last. What the calls themselves return says only that no
// broker answered in time.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "server/adapters/kafka/client/driver.hpp"

namespace sagactl::kafka {

// Any thread.
class ConnectionTrouble {
 public:
  // For rd_kafka_conf_set_error_cb.
  void note(rd_kafka_resp_err_t code, std::string_view reason);
  void clear();

  // `invalid` when the log-in or the certificate was refused: no broker will accept this client until its settings or
  // theirs are changed.
  std::optional<Error> refusal(const KafkaOptions& options) const;
  // A broker ended a connection without an answer, as it does when it expects another protocol.
  bool is_turned_away() const;
  // `error`, or what explains it.
  Error explain(Error error, const KafkaOptions& options) const;

 private:
  mutable std::mutex mutex_;
  std::optional<rd_kafka_resp_err_t> code_;
  std::string reason_;
};

// Waits until a broker answers. The handle is a producer's that nobody else polls, and its errors go to `trouble`.
// `unavailable` after `timeout`, or when it is turned away; a refusal at once.
Result<NativeMetadata> await_brokers(rd_kafka_t* handle, const KafkaOptions& options, const ConnectionTrouble& trouble,
                                     Duration timeout, const std::string& what);

// A handle for administration and questions, with what went wrong with its connections.
struct AdminClient {
  ConnectionTrouble trouble;
  NativeHandle handle;  // last: its callbacks refer to the above
};
Result<std::unique_ptr<AdminClient>> open_admin(const KafkaOptions& options);

}  // namespace sagactl::kafka
