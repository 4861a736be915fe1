#include "server/adapters/kafka/client/producer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "common/log.hpp"
#include "server/adapters/kafka/client/connection_trouble.hpp"
#include "server/adapters/kafka/client/delivery.hpp"
#include "server/adapters/kafka/client/driver.hpp"
#include "server/adapters/kafka/client/topics.hpp"

namespace sagactl::kafka {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr Duration open_timeout = 3s;    // at the start, for the brokers
constexpr Duration check_timeout = 1s;   // later, each time
constexpr Duration check_interval = 1s;  // while they are unavailable
constexpr Duration ack_timeout = 5s;     // messages in flight and no acknowledgement: they are unavailable
constexpr Duration drain_timeout = 2s;   // at the end
constexpr int producer_poll_ms = 50;
constexpr int idle_poll_ms = 1'000;  // while nothing is in flight or wrong; what happens ends the wait
constexpr const char* queued_messages_max = "100000";  // in this process
constexpr const char* queued_kilobytes_max = "65536";

class RunningProducer : public Producer {
 public:
  explicit RunningProducer(ProducerOptions options) : options_(std::move(options)) {}
  ~RunningProducer() override;

  Result<void> open();
  void send(std::span<const Outgoing> messages, Done done) override;
  ProducerState state() const override;
  Result<void> ensure(const std::vector<std::string>& topics, Duration timeout) override;
  void break_for_test() override;

 private:
  Result<NativeHandle> connect();
  rd_kafka_resp_err_t produce(const Outgoing& message, Delivery* delivery);
  void run();
  void end_wait();
  int wait_ms() const;
  void check_brokers();
  void recreate();
  void fail_in_flight();
  void mark_unavailable(const Error& why, bool is_news = false);
  void mark_silent(const rd_kafka_metadata_t* known);
  void mark_available();
  void refuse(const std::string& why);
  std::string why_refused() const;

  Result<void> make_ready(const rd_kafka_metadata_t& known, const std::vector<std::string>& wanted, Duration timeout);

  static std::int32_t choose_partition(const rd_kafka_topic_t* topic, const void* key, std::size_t size,
                                       std::int32_t count, void* opaque, void* message);
  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque);
  static void on_error(rd_kafka_t* handle, int code, const char* reason, void* opaque);

  const ProducerOptions options_;
  mutable std::mutex mutex_;  // of handle_ against its replacement, and of the next four
  NativeHandle handle_;
  bool ready_ = false;  // the topics exist
  // The number of partitions of each topic over which keys are spread. Filled before the first message is sent, then
  // constant.
  std::map<std::string, int, std::less<>> spread_;
  std::string unavailable_reason_;  // empty: available
  std::string refused_;             // the brokers refuse to write, for this reason; until the next acknowledgement
  ConnectionTrouble trouble_;
  std::atomic<bool> has_refusal_ = false;
  std::atomic<bool> broken_ = false;      // the handle had a fatal error
  std::atomic<bool> is_suspect_ = false;  // an error of the connection since the last acknowledgement
  std::atomic<std::int64_t> in_flight_ = 0;
  std::atomic<std::uint64_t> acknowledged_ = 0, failed_ = 0;
  std::atomic<SteadyClock::time_point> last_ack_at_ = SteadyClock::now();  // or when a message was first in flight
  SteadyClock::time_point next_check_;
  bool silence_is_explained_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

Result<NativeHandle> RunningProducer::connect() {
  const bool has_deadline = options_.delivery_time > Duration{0};
  auto conf = make_conf(options_.kafka,
                        {{"enable.idempotence", "true"},
                         {"acks", "all"},
                         // A message that fails permanently is a fatal error, so that none overtakes it.
                         {"enable.gapless.guarantee", has_deadline ? "false" : "true"},
                         {"message.timeout.ms", std::to_string(milliseconds(options_.delivery_time))},
                         {"request.timeout.ms", "10000"},
                         {"linger.ms", std::to_string(milliseconds(options_.linger))},
                         {"compression.codec", "lz4"},
                         {"queue.buffering.max.messages", queued_messages_max},
                         {"queue.buffering.max.kbytes", queued_kilobytes_max}},
                        this);
  if (!conf) return conf.error();
  rd_kafka_conf_set_dr_msg_cb(conf->get(), on_delivery);
  rd_kafka_conf_set_error_cb(conf->get(), on_error);
  rd_kafka_topic_conf_t* topic = rd_kafka_conf_get_default_topic_conf(conf->get());
  rd_kafka_topic_conf_set_opaque(topic, this);
  rd_kafka_topic_conf_set_partitioner_cb(topic, choose_partition);
  return make_handle(RD_KAFKA_PRODUCER, std::move(conf).value());
}

// The wanted topics exist, and the number of partitions over which keys are spread is known.
Result<void> RunningProducer::make_ready(const rd_kafka_metadata_t& known, const std::vector<std::string>& wanted,
                                         Duration timeout) {
  auto ensured = ensure_topics(handle_.get(), options_.kafka, known, wanted, timeout);
  if (!ensured || !options_.kafka.book || !spread_.empty()) return ensured;
  auto partitions = partitions_of(known, options_.kafka, options_.topics);
  if (!partitions)  // some were just created
    partitions = partitions_of(handle_.get(), options_.kafka, options_.topics, timeout);
  if (!partitions) return Error{ErrorCode::unavailable, partitions.error().message};
  std::map<std::string, int> counts;
  for (const PartitionId& id : *partitions) ++counts[id.topic];
  const auto book = options_.kafka.book->remember(counts);
  if (!book)
    return Error{ErrorCode::unavailable,
                 "cannot look up over how many partitions keys are spread: " + book.error().message};
  spread_.insert(book->begin(), book->end());
  return {};
}

Result<void> RunningProducer::open() {
  auto handle = connect();
  if (!handle) return handle.error();
  handle_ = std::move(handle).value();
  std::vector<std::string> wanted = options_.topics;
  for (const std::string& topic : options_.topics_of_others)
    if (std::find(wanted.begin(), wanted.end(), topic) == wanted.end()) wanted.push_back(topic);
  const auto reached = await_brokers(handle_.get(), options_.kafka, trouble_, open_timeout, "cannot list the topics");
  const auto topics = reached ? make_ready(**reached, wanted, open_timeout) : Result<void>(reached.error());
  if (!topics && topics.error().code != ErrorCode::unavailable) return topics;
  ready_ = topics.ok();
  if (!topics) mark_unavailable(topics.error());
  thread_ = std::thread([this] { run(); });
  return {};
}

RunningProducer::~RunningProducer() {
  stopping_ = true;
  end_wait();
  if (thread_.joinable()) thread_.join();
  if (handle_) fail_in_flight();
}

void RunningProducer::send(std::span<const Outgoing> messages, Done done) {
  if (messages.empty()) return done({});
  auto delivery = Delivery::of(messages.size(), std::move(done));
  {
    const std::lock_guard lock(mutex_);
    if (!ready_ || stopping_) {
      delivery->refuse(
          messages.size(),
          Error{ErrorCode::unavailable, unavailable_reason_.empty() ? "Kafka is unavailable" : unavailable_reason_});
    } else {
      if (in_flight_ == 0) last_ack_at_ = SteadyClock::now();
      for (std::size_t i = 0; i < messages.size(); ++i) {
        ++in_flight_;
        const auto code = produce(messages[i], delivery);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
        // The messages behind it must not overtake it.
        --in_flight_;
        delivery->refuse(messages.size() - i, error_of(code, options_.kafka, "cannot send a message"));
        break;
      }
    }
  }
  delivery->release();
}

rd_kafka_resp_err_t RunningProducer::produce(const Outgoing& message, Delivery* delivery) {
  rd_kafka_headers_t* headers = rd_kafka_headers_new(message.headers.size());
  for (const auto& [name, value] : message.headers)
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  const void* value = message.value ? message.value->data() : nullptr;
  const std::size_t size = message.value ? message.value->size() : 0;
  const char* key = message.key.empty() ? nullptr : message.key.data();
  const auto code =
      rd_kafka_producev(handle_.get(), RD_KAFKA_V_TOPIC(message.topic.c_str()), RD_KAFKA_V_KEY(key, message.key.size()),
                        RD_KAFKA_V_VALUE(const_cast<void*>(value), size), RD_KAFKA_V_HEADERS(headers),
                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE(delivery), RD_KAFKA_V_END);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(headers);
  if (code == RD_KAFKA_RESP_ERR__FATAL) broken_ = true;
  return code;
}

// The partition that other clients choose for the key, among those that existed when keys were first spread.
std::int32_t RunningProducer::choose_partition(const rd_kafka_topic_t* topic, const void* key, std::size_t size,
                                               std::int32_t count, void* opaque, void* message) {
  const auto& spread = static_cast<const RunningProducer*>(opaque)->spread_;
  const auto known = spread.find(rd_kafka_topic_name(topic));
  if (known != spread.end()) count = std::min(count, known->second);
  return rd_kafka_msg_partitioner_murmur2_random(topic, key, size, count, opaque, message);
}

void RunningProducer::on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& self = *static_cast<RunningProducer*>(opaque);
  auto* delivery = static_cast<Delivery*>(message->_private);
  --self.in_flight_;
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++self.acknowledged_;
    self.last_ack_at_ = SteadyClock::now();
    self.is_suspect_ = false;
    if (self.has_refusal_.exchange(false)) self.refuse({});
    return delivery->acknowledge();
  }
  ++self.failed_;
  if (is_missing_right(message->err))
    self.refuse(
        fmt::format("Kafka at {} does not let this client write to topic {}: see the rights in docs/operations.md",
                    self.options_.kafka.brokers, rd_kafka_topic_name(message->rkt)));
  const bool timed_out = message->err == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT;
  const bool purged =
      message->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE || message->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
  if (!timed_out && !purged) self.broken_ = true;
  Error error = error_of(message->err, self.options_.kafka, "a message was not accepted");
  const bool is_certain = rd_kafka_message_status(message) == RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
  if (error.code == ErrorCode::unavailable && !is_certain) error.code = ErrorCode::unknown_outcome;
  delivery->fail(std::move(error));
}

void RunningProducer::on_error(rd_kafka_t* handle, int code, const char* what, void* opaque) {
  auto& self = *static_cast<RunningProducer*>(opaque);
  self.trouble_.note(static_cast<rd_kafka_resp_err_t>(code), what);
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    char reason[512];
    if (is_missing_right(rd_kafka_fatal_error(handle, reason, sizeof reason)))
      self.refuse(
          fmt::format("Kafka at {} does not let this client write to any topic: see the rights in docs/operations.md",
                      self.options_.kafka.brokers));
    else
      log_warn("Kafka producer had a fatal error; recreating it", {{"reason", reason}});
    self.broken_ = true;
  }
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) self.is_suspect_ = true;
}

void RunningProducer::run() {
  while (!stopping_) {
    rd_kafka_poll(handle_.get(), wait_ms());
    if (broken_) recreate();
    check_brokers();
  }
  rd_kafka_flush(handle_.get(), is_suspect_ ? 0 : milliseconds(drain_timeout));
}

int RunningProducer::wait_ms() const {
  const bool is_idle = in_flight_ == 0 && !is_suspect_ && !broken_ && !has_refusal_;
  return is_idle && state().available ? idle_poll_ms : producer_poll_ms;
}

void RunningProducer::end_wait() {
  const std::lock_guard lock(mutex_);
  if (!handle_) return;
  rd_kafka_queue_t* const queue = rd_kafka_queue_get_main(handle_.get());
  rd_kafka_queue_yield(queue);
  rd_kafka_queue_destroy(queue);
}

// Unavailable: every connection failed, or no acknowledgement came in time. Available again: the brokers answer.
void RunningProducer::check_brokers() {
  const auto now = SteadyClock::now();
  const bool silent = in_flight_ > 0 && now - last_ack_at_.load() > ack_timeout;
  bool unavailable, ready;
  {
    const std::lock_guard lock(mutex_);
    ready = ready_;
    unavailable = !ready_ || !unavailable_reason_.empty();
  }
  if (unavailable && ready && !is_suspect_ && !has_refusal_ && in_flight_ > 0 && !silent) return mark_available();
  if (!unavailable && silent) {
    const auto known = metadata_of_topics(handle_.get(), options_.kafka, check_timeout);
    return mark_silent(known ? known->get() : nullptr);
  }
  if ((!unavailable && !is_suspect_) || now < next_check_) return;
  next_check_ = now + check_interval;
  const auto known = metadata_of_topics(handle_.get(), options_.kafka, check_timeout);
  const auto topics = known ? make_ready(**known, options_.topics, check_timeout) : Result<void>(known.error());
  if (!topics) return mark_unavailable(trouble_.explain(topics.error(), options_.kafka));
  trouble_.clear();
  {
    const std::lock_guard lock(mutex_);
    ready_ = true;
  }
  is_suspect_ = false;
  if (const std::string why = why_refused(); !why.empty()) return mark_unavailable({ErrorCode::forbidden, why});
  if (silent)
    mark_silent(known->get());
  else
    mark_available();
}

// Too few replicas in sync are an answer to each request, which librdkafka keeps to itself while it tries again. The
// brokers find out later than this client that one of them has ended. `known` is what they say of all topics; null:
// nothing.
void RunningProducer::mark_silent(const rd_kafka_metadata_t* known) {
  next_check_ = SteadyClock::now() + check_interval;
  const std::string reason =
      known ? why_writes_are_refused(handle_.get(), *known, options_.topics, check_timeout) : std::string();
  const bool is_news = !reason.empty() && !silence_is_explained_;
  silence_is_explained_ = !reason.empty();
  mark_unavailable({ErrorCode::unavailable, fmt::format("Kafka at {} acknowledges nothing{}{}", options_.kafka.brokers,
                                                        reason.empty() ? "" : "; ", reason)},
                   is_news);
}

// Messages are tried all the same: the right may be granted at any time.
void RunningProducer::refuse(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    refused_ = why;
  }
  has_refusal_ = !why.empty();
  if (has_refusal_) mark_unavailable({ErrorCode::forbidden, why});
}

std::string RunningProducer::why_refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

// Slow brokers say that they refuse this client, and why, after it was found that they do not answer.
void RunningProducer::mark_unavailable(const Error& why, bool is_news) {
  const std::lock_guard lock(mutex_);
  const bool is_refusal = why.code != ErrorCode::unavailable && why.message != unavailable_reason_;
  if (unavailable_reason_.empty() || is_refusal || is_news) log_warn("Kafka is unavailable", {{"error", why.message}});
  unavailable_reason_ = why.message;
}

void RunningProducer::mark_available() {
  const std::lock_guard lock(mutex_);
  if (!unavailable_reason_.empty()) log_info("Kafka is available again", {{"brokers", options_.kafka.brokers}});
  unavailable_reason_.clear();
  silence_is_explained_ = false;
}

// All messages in flight fail, whatever their state, and a new producer takes those that are sent next. What the old
// one had in flight can only arrive in its order and without a gap.
void RunningProducer::recreate() {
  {
    const std::lock_guard lock(mutex_);
    ready_ = false;
  }
  fail_in_flight();
  auto handle = connect();
  if (!handle) return mark_unavailable(handle.error());
  NativeHandle old = std::move(handle).value();  // destroyed after the mutex is released
  const std::lock_guard lock(mutex_);
  handle_.swap(old);
  broken_ = false;
  is_suspect_ = true;  // the topics are checked at once: a missing one may be the cause
  next_check_ = {};
  if (unavailable_reason_.empty()) unavailable_reason_ = "reconnecting to Kafka";
}

void RunningProducer::fail_in_flight() {
  rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  while (in_flight_ > 0) rd_kafka_poll(handle_.get(), producer_poll_ms);
}

ProducerState RunningProducer::state() const {
  const std::lock_guard lock(mutex_);
  return {ready_ && unavailable_reason_.empty(), unavailable_reason_, acknowledged_, failed_};
}

// By a client of its own: this one's may be replaced meanwhile.
Result<void> RunningProducer::ensure(const std::vector<std::string>& topics, Duration timeout) {
  auto conf = make_conf(options_.kafka, {}, nullptr);
  if (!conf) return conf.error();
  const auto handle = make_handle(RD_KAFKA_PRODUCER, std::move(conf).value());
  if (!handle) return handle.error();
  const auto known = metadata_of_topics(handle->get(), options_.kafka, timeout);
  return known ? ensure_topics(handle->get(), options_.kafka, **known, topics, timeout) : known.error();
}

void RunningProducer::break_for_test() {
  const std::lock_guard lock(mutex_);
  rd_kafka_test_fatal_error(handle_.get(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "for a test");
}

}  // namespace

Result<std::unique_ptr<Producer>> Producer::open(ProducerOptions options) {
  auto producer = std::make_unique<RunningProducer>(std::move(options));
  if (const auto opened = producer->open(); !opened) return opened.error();
  return std::unique_ptr<Producer>(std::move(producer));
}

}  // namespace sagactl::kafka
