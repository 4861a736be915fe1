#include "server/adapters/kafka/client/connection_trouble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace sagactl::kafka {
namespace {

// Before this version the second message of a log-in by SCRAM has the client's nonce twice, which Kafka 4 refuses.
constexpr int scram_with_kafka_4 = 0x020601ff;
constexpr Duration others_time = 1s;        // for another broker to answer when one turned the client away
constexpr Duration first_question = 100ms;  // the next ones wait longer: a slow broker answers one of them

bool has(std::string_view text, std::string_view word) {
  return text.find(word) != text.npos;
}

// TLS failed for a reason that stays; not because a broker was stopped at that moment.
bool is_lasting(std::string_view reason) {
  return has(reason, "certificate") || has(reason, "alert") || has(reason, "verify") || has(reason, "PLAINTEXT") ||
         has(reason, "unknown ca") || has(reason, "wrong version");
}

// The broker ended the connection instead of answering; releases of librdkafka and OpenSSL word it differently.
bool is_early_end(std::string_view reason) {
  return has(reason, "security.protocol") || has(reason, "unexpected eof") || has(reason, "PLAINTEXT broker listener");
}

// "ssl://10.0.0.1:9093/bootstrap: SSL handshake failed: ... (after 3ms in state SSL_HANDSHAKE)" without its frame: the
// address stands before it in our message.
std::string_view bare(std::string_view reason) {
  const std::size_t end = reason.find(": "), slash = reason.find('/'), blank = reason.find(' ');
  if (end != reason.npos && slash < end && end < blank) reason.remove_prefix(end + 2);
  if (const std::size_t after = reason.rfind(" (after "); after != reason.npos) reason = reason.substr(0, after);
  return reason;
}

std::string advice_on_login(const KafkaOptions& options, std::string_view reason) {
  const KafkaSecurity& security = options.security;
  if (has(reason, "mechanism handshake failed"))
    return fmt::format("do not offer the log-in {}: choose another with --kafka-sasl", to_string(security.login));
  if (security.login == KafkaLogin::oauthbearer)
    return "refuse the token: check what is in the file of --kafka-token-file";
  if (security.login == KafkaLogin::none) return "want a log-in: see --kafka-sasl";
  std::string advice =
      fmt::format("refuse user {} by {}: check the user and the password", security.user, to_string(security.login));
  if (security.login != KafkaLogin::plain && rd_kafka_version() < scram_with_kafka_4)
    advice += fmt::format(
        "; librdkafka {}, with which this program runs, cannot log in by {} to Kafka 4 and later "
        "(2.6.1 can): there use plain over TLS, or a certificate",
        rd_kafka_version_str(), to_string(security.login));
  return advice;
}

std::string_view advice_on_tls(const KafkaOptions& options, std::string_view reason) {
  if (has(reason, "PLAINTEXT") || has(reason, "wrong version"))
    return "do not speak TLS at that port: name another port, or leave out --kafka-tls";
  if (has(reason, "hostname") || has(reason, "IP address mismatch"))
    return "have a certificate for another name: name the brokers as their certificate does";
  if (has(reason, "alert") && options.security.certificate_file.empty())
    return "want a certificate of the client: see --kafka-cert and --kafka-key";
  if (has(reason, "alert")) return "refuse the client's certificate: check --kafka-cert and --kafka-key";
  return "have a certificate that is not trusted: check --kafka-ca";
}

}  // namespace

void ConnectionTrouble::note(rd_kafka_resp_err_t code, std::string_view reason) {
  if (code == RD_KAFKA_RESP_ERR__FATAL || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return;
  const std::lock_guard lock(mutex_);
  // A log-in that is refused ends the connection as well, which is reported afterwards.
  const bool is_consequence = code == RD_KAFKA_RESP_ERR__TRANSPORT && code_ && *code_ != code;
  if (is_consequence && !has(reason, "Connect to")) return;
  code_ = code;
  reason_ = bare(reason);
}

void ConnectionTrouble::clear() {
  const std::lock_guard lock(mutex_);
  code_.reset();
}

bool ConnectionTrouble::is_turned_away() const {
  const std::lock_guard lock(mutex_);
  return code_ && is_early_end(reason_);
}

std::optional<Error> ConnectionTrouble::refusal(const KafkaOptions& options) const {
  const std::lock_guard lock(mutex_);
  if (code_ == RD_KAFKA_RESP_ERR__AUTHENTICATION)
    return Error{ErrorCode::invalid,
                 fmt::format("the brokers at {} {} ({})", options.brokers, advice_on_login(options, reason_), reason_)};
  // TLS 1.3 tells a client that its certificate is missing only after the handshake.
  const bool is_tls = code_ == RD_KAFKA_RESP_ERR__SSL ||
                      (code_ == RD_KAFKA_RESP_ERR__TRANSPORT && has(reason_, "SSL") && has(reason_, "alert"));
  if (is_tls && is_lasting(reason_))
    return Error{ErrorCode::invalid,
                 fmt::format("the brokers at {} {} ({})", options.brokers, advice_on_tls(options, reason_), reason_)};
  return std::nullopt;
}

Error ConnectionTrouble::explain(Error error, const KafkaOptions& options) const {
  if (error.code != ErrorCode::unavailable) return error;
  if (auto refused = refusal(options)) return *std::move(refused);
  const std::lock_guard lock(mutex_);
  if (!code_) return error;
  error.message += fmt::format(" ({})", reason_);
  if (!is_early_end(reason_)) return error;
  if (has(reason_, "SSL handshake"))
    error.message +=
        "; a broker that does not speak TLS at that port ends such connections: name another port, or leave out "
        "--kafka-tls";
  else if (options.security.login == KafkaLogin::none)
    error.message += options.security.uses_tls()
                         ? "; a broker that wants a log-in ends such connections: see --kafka-sasl"
                         : "; a broker that wants TLS or a log-in ends such connections: see --kafka-tls, --kafka-sasl";
  return error;
}

Result<NativeMetadata> await_brokers(rd_kafka_t* handle, const KafkaOptions& options, const ConnectionTrouble& trouble,
                                     Duration timeout, const std::string& what) {
  using Steady = std::chrono::steady_clock;
  const auto began = Steady::now();
  const auto deadline = began + timeout, patient_until = began + others_time;
  for (Duration question = first_question;; question *= 2) {
    const auto left = std::chrono::duration_cast<Duration>(deadline - Steady::now());
    const rd_kafka_metadata_t* raw = nullptr;
    // Of all topics: asking for one that does not exist would let a broker create it with its defaults.
    const auto code = rd_kafka_metadata(handle, 1, nullptr, &raw, std::max(1, milliseconds(std::min(question, left))));
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return NativeMetadata(raw);
    rd_kafka_poll(handle, 0);  // has the errors noted
    if (auto refused = trouble.refusal(options)) return *std::move(refused);
    const auto now = Steady::now();
    if (now >= deadline || (now >= patient_until && trouble.is_turned_away()))
      return trouble.explain(error_of(code, options, what), options);
    if (code != RD_KAFKA_RESP_ERR__TIMED_OUT) rd_kafka_poll(handle, milliseconds(first_question));
  }
}

Result<std::unique_ptr<AdminClient>> open_admin(const KafkaOptions& options) {
  auto client = std::make_unique<AdminClient>();
  auto conf = make_conf(options, {}, &client->trouble);
  if (!conf) return conf.error();
  rd_kafka_conf_set_error_cb(conf->get(), [](rd_kafka_t*, int code, const char* reason, void* opaque) {
    static_cast<ConnectionTrouble*>(opaque)->note(static_cast<rd_kafka_resp_err_t>(code), reason);
  });
  auto handle = make_handle(RD_KAFKA_PRODUCER, std::move(conf).value());
  if (!handle) return handle.error();
  client->handle = std::move(handle).value();
  return client;
}

}  // namespace sagactl::kafka
