#include "server/adapters/kafka/client/consumer.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "common/log.hpp"
#include "server/adapters/kafka/client/consumer/offset_window.hpp"
#include "server/adapters/kafka/client/consumer/seen_ids.hpp"
#include "server/adapters/kafka/client/consumer/whole_topics.hpp"
#include "server/adapters/kafka/client/dead_letter.hpp"
#include "server/adapters/kafka/client/driver.hpp"
#include "server/adapters/kafka/client/producer.hpp"

namespace sagactl::kafka {
namespace {

using SteadyClock = std::chrono::steady_clock;
using SharedMessage = std::shared_ptr<const Incoming>;

constexpr std::size_t ids_max = 100'000;
constexpr int consumer_poll_ms = 50;
constexpr Duration lag_timeout = 500ms;
constexpr auto lag_interval = std::chrono::seconds(2);

// The results of handlers, until the consumer's thread takes them; handlers may outlive the consumer.
struct HandlerResults {
  struct Entry {
    int assignment;  // under which the message was read
    SharedMessage message;
    HandlingResult result;
    bool dead_lettered = false;  // durable in the dead-letter topic
  };
  std::mutex mutex;
  std::deque<Entry> list;
};

class RunningConsumer : public Consumer {
 public:
  RunningConsumer(ConsumerOptions options, Clock& clock, Handler handler)
      : options_(std::move(options)), clock_(clock), handler_(std::move(handler)) {}
  ~RunningConsumer() override;

  Result<void> open();
  ConsumerState state() const override;
  void add(std::string topic, std::vector<std::string> beside, std::function<void(Result<void>)> done) override;

 private:
  struct DueRetry {
    SteadyClock::time_point at;
    SharedMessage message;
  };

  void run();
  void on_message(rd_kafka_message_t* native);
  void dispatch(const SharedMessage& message);
  void take_results();
  void settle(const HandlerResults::Entry& entry);
  void finish(const Incoming& message);
  void send_to_dead_letters(const HandlerResults::Entry& entry);
  void dispatch_due_retries();
  void pause_or_resume();
  void measure_lag();
  void add_whole_topics();
  void assigned(rd_kafka_topic_partition_list_t* partitions);
  void revoked();
  static void on_rebalance(rd_kafka_t*, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions,
                           void* opaque);

  const ConsumerOptions options_;
  Clock& clock_;
  const Handler handler_;
  std::unique_ptr<Producer> dead_letters_;
  NativeHandle handle_;
  const std::shared_ptr<HandlerResults> results_ = std::make_shared<HandlerResults>();
  // Of the consumer's thread alone:
  std::map<PartitionId, OffsetWindow> windows_;
  std::size_t in_flight_ = 0;
  int assignment_ = 0;
  bool paused_ = false;
  SeenIds seen_{ids_max};
  std::deque<DueRetry> retries_;
  SteadyClock::time_point next_lag_;

  std::optional<WholeTopics> whole_topics_;  // of one that takes all
  mutable std::mutex state_mutex_;
  ConsumerState state_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

Result<void> RunningConsumer::open() {
  state_.progress.group = options_.group;
  ProducerOptions letters;
  letters.kafka = options_.kafka;
  letters.topics = options_.topics;
  for (const std::string& topic : options_.topics) letters.topics.push_back(dead_letter_topic(topic));
  auto producer = Producer::open(std::move(letters));
  if (!producer) return producer.error();
  dead_letters_ = std::move(producer).value();
  // An offset is stored when the effect is durable; stored offsets are committed a little later, and at the end.
  auto conf = make_conf(options_.kafka,
                        {{"group.id", options_.group},
                         {"enable.auto.offset.store", "false"},
                         {"enable.auto.commit", "true"},
                         {"auto.commit.interval.ms", "500"},
                         {"auto.offset.reset", "earliest"},
                         {"allow.auto.create.topics", "false"},
                         {"topic.metadata.refresh.interval.ms", "2000"},  // partitions may be added
                         {"session.timeout.ms", "10000"},
                         {"fetch.wait.max.ms", "50"},
                         {"partition.assignment.strategy", "range"}},
                        this);
  if (!conf) return conf.error();
  rd_kafka_conf_set_rebalance_cb(conf->get(), on_rebalance);
  auto handle = make_handle(RD_KAFKA_CONSUMER, std::move(conf).value());
  if (!handle) return handle.error();
  handle_ = std::move(handle).value();
  rd_kafka_poll_set_consumer(handle_.get());
  if (options_.takes_all) {
    whole_topics_.emplace(options_.kafka, handle_.get(), *dead_letters_, stopping_);
    thread_ = std::thread([this] { run(); });
    return {};
  }
  const NativePartitions topics(rd_kafka_topic_partition_list_new(static_cast<int>(options_.topics.size())));
  for (const std::string& topic : options_.topics)
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  const auto code = rd_kafka_subscribe(handle_.get(), topics.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, options_.kafka, "cannot subscribe to the topics");
  thread_ = std::thread([this] { run(); });
  return {};
}

RunningConsumer::~RunningConsumer() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  if (whole_topics_) whole_topics_->refuse_all();
  if (handle_) rd_kafka_consumer_close(handle_.get());
}

void RunningConsumer::on_rebalance(rd_kafka_t*, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions,
                                   void* opaque) {
  auto& self = *static_cast<RunningConsumer*>(opaque);
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
    self.assigned(partitions);
  else
    self.revoked();
}

void RunningConsumer::assigned(rd_kafka_topic_partition_list_t* partitions) {
  rd_kafka_assign(handle_.get(), partitions);
  paused_ = false;
  const std::lock_guard lock(state_mutex_);
  state_.reading = true;
}

// Messages in flight are still handled, without their offsets being committed: the partitions' new owner reads them
// again.
void RunningConsumer::revoked() {
  windows_.clear();
  retries_.clear();
  in_flight_ = 0;
  ++assignment_;
  rd_kafka_assign(handle_.get(), nullptr);
  const std::lock_guard lock(state_mutex_);
  state_.reading = false;
  state_.pause_reason.clear();
  state_.progress.lag.clear();
}

void RunningConsumer::run() {
  while (!stopping_) {
    const NativeMessage message(
        rd_kafka_consumer_poll(handle_.get(), paused_ ? consumer_poll_ms / 5 : consumer_poll_ms));
    if (message) on_message(message.get());
    if (whole_topics_) add_whole_topics();
    take_results();
    dispatch_due_retries();
    pause_or_resume();
    measure_lag();
  }
  take_results();
}

void RunningConsumer::on_message(rd_kafka_message_t* native) {
  if (native->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    log_warn("reading a topic failed", {{"error", rd_kafka_message_errstr(native)}});
    return;
  }
  const auto message = std::make_shared<const Incoming>(incoming(*native));
  windows_[{message->topic, message->partition}].begin(message->offset);
  ++in_flight_;
  if (seen_.contains(std::string(message->header(options_.id_header)))) {
    finish(*message);
    const std::lock_guard lock(state_mutex_);
    ++state_.progress.repeated;
    return;
  }
  dispatch(message);
}

void RunningConsumer::dispatch(const SharedMessage& message) {
  handler_(message, [results = results_, message, assignment = assignment_](HandlingResult result) {
    const std::lock_guard lock(results->mutex);
    results->list.push_back({assignment, message, std::move(result), false});
  });
}

void RunningConsumer::take_results() {
  std::deque<HandlerResults::Entry> list;
  {
    const std::lock_guard lock(results_->mutex);
    list.swap(results_->list);
  }
  for (const HandlerResults::Entry& entry : list)
    if (entry.assignment == assignment_) settle(entry);
}

void RunningConsumer::settle(const HandlerResults::Entry& entry) {
  if (std::holds_alternative<Poison>(entry.result) && !entry.dead_lettered) return send_to_dead_letters(entry);
  if (const auto* later = std::get_if<RetryLater>(&entry.result)) {
    retries_.push_back({SteadyClock::now() + options_.retry_after, entry.message});
    const std::lock_guard lock(state_mutex_);
    if (state_.pause_reason.empty())
      log_warn("consumer paused", {{"group", options_.group}, {"reason", later->reason}});
    state_.pause_reason = later->reason;
    return;
  }
  // A dead letter had no effect: delivered again, it is no repeat.
  const std::string id(entry.message->header(options_.id_header));
  if (!id.empty() && !entry.dead_lettered) seen_.add(id);
  finish(*entry.message);
  const std::lock_guard lock(state_mutex_);
  ++(entry.dead_lettered ? state_.progress.dead_letters : state_.progress.effected);
  if (retries_.empty()) state_.pause_reason.clear();
}

void RunningConsumer::finish(const Incoming& message) {
  --in_flight_;
  const auto next = windows_[{message.topic, message.partition}].finish(message.offset);
  if (!next) return;
  const NativePartitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), message.topic.c_str(), message.partition)->offset = *next;
  rd_kafka_offsets_store(handle_.get(), list.get());  // an error: the partition is another's now
}

// The offset is committed when the dead letter is durable.
void RunningConsumer::send_to_dead_letters(const HandlerResults::Entry& entry) {
  const std::string& reason = std::get<Poison>(entry.result).reason;
  const Outgoing letter = to_dead_letter(*entry.message, reason, clock_.now());
  dead_letters_->send({&letter, 1}, [results = results_, entry](Result<void> sent) {
    HandlerResults::Entry again = entry;
    again.dead_lettered = sent.ok();
    const std::lock_guard lock(results->mutex);
    results->list.push_back(std::move(again));
  });
}

void RunningConsumer::dispatch_due_retries() {
  const auto now = SteadyClock::now();
  while (!retries_.empty() && retries_.front().at <= now) {
    const SharedMessage message = std::move(retries_.front().message);
    retries_.pop_front();
    dispatch(message);
  }
}

// A paused consumer is still a member of its group.
void RunningConsumer::pause_or_resume() {
  const bool must_pause = !retries_.empty() || in_flight_ >= options_.in_flight_max;
  const bool may_resume = retries_.empty() && in_flight_ <= options_.in_flight_max / 2;
  if (paused_ ? !may_resume : !must_pause) return;
  rd_kafka_topic_partition_list_t* raw = nullptr;
  if (rd_kafka_assignment(handle_.get(), &raw) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const NativePartitions all(raw);
  if (paused_)
    rd_kafka_resume_partitions(handle_.get(), all.get());
  else
    rd_kafka_pause_partitions(handle_.get(), all.get());
  paused_ = !paused_;
}

// The end offsets are queried: those that come with messages do not advance while reading is paused.
void RunningConsumer::measure_lag() {
  if (SteadyClock::now() < next_lag_) return;
  next_lag_ = SteadyClock::now() + lag_interval;
  rd_kafka_topic_partition_list_t* raw = nullptr;
  if (rd_kafka_assignment(handle_.get(), &raw) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const NativePartitions all(raw);
  if (rd_kafka_position(handle_.get(), all.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  std::vector<PartitionId> partitions;
  for (int i = 0; i < all->cnt; ++i) partitions.push_back({all->elems[i].topic, all->elems[i].partition});
  const auto ends = list_offsets(handle_.get(), options_.kafka, partitions, OffsetSpec::latest, lag_timeout);
  if (!ends) return;
  std::map<std::string, std::int64_t> lag;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    std::int64_t& sum = lag[partitions[i].topic];
    const std::int64_t at = all->elems[i].offset;
    if (at >= 0) sum += std::max<std::int64_t>(0, (*ends)[i] - at);
    const auto window = windows_.find(partitions[i]);
    if (window != windows_.end()) sum += static_cast<std::int64_t>(window->second.size());
  }
  const std::lock_guard lock(state_mutex_);
  state_.progress.lag = std::move(lag);
}

void RunningConsumer::add(std::string topic, std::vector<std::string> beside, std::function<void(Result<void>)> done) {
  whole_topics_->ask(std::move(topic), std::move(beside), std::move(done));
}

void RunningConsumer::add_whole_topics() {
  if (!whole_topics_->add_new(paused_)) return;
  const std::lock_guard lock(state_mutex_);
  state_.reading = true;
}

ConsumerState RunningConsumer::state() const {
  const std::lock_guard lock(state_mutex_);
  return state_;
}

}  // namespace

HandlingResult handling_result(const Result<void>& taken) {
  if (taken) return Handled{};
  const Error& error = taken.error();
  const bool is_lasting =
      error.code == ErrorCode::invalid || error.code == ErrorCode::not_found || error.code == ErrorCode::bug;
  if (is_lasting) return Poison{error.message};
  return RetryLater{error.message};
}

Result<std::unique_ptr<Consumer>> Consumer::start(ConsumerOptions options, Clock& clock, Handler handler) {
  auto consumer = std::make_unique<RunningConsumer>(std::move(options), clock, std::move(handler));
  if (const auto opened = consumer->open(); !opened) return opened.error();
  return std::unique_ptr<Consumer>(std::move(consumer));
}

}  // namespace sagactl::kafka
