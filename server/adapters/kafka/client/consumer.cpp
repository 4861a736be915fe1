#include "server/adapters/kafka/client/consumer.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <thread>

#include "common/log.hpp"
#include "server/adapters/kafka/client/dead_letter.hpp"
#include "server/adapters/kafka/client/driver.hpp"
#include "server/adapters/kafka/client/offset_window.hpp"
#include "server/adapters/kafka/client/producer.hpp"
#include "server/adapters/kafka/client/seen_ids.hpp"

namespace sagactl::kafka {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Shared = std::shared_ptr<const Incoming>;

constexpr std::size_t ids_max = 100'000;
constexpr int consumer_poll_ms = 50;
constexpr Duration measure_patience = 500ms;
constexpr auto measure_every = std::chrono::seconds(2);

// Where the answers of handlers wait for the consumer's thread; handlers may outlive the consumer.
struct Answers {
  struct Answer {
    int assignment;  // under which the message was read
    Shared message;
    Verdict verdict;
    bool buried = false;  // safe among the dead letters
  };
  std::mutex mutex;
  std::deque<Answer> list;
};

class RunningConsumer : public Consumer {
 public:
  RunningConsumer(ConsumerOptions options, Clock& clock, Handle handle)
      : options_(std::move(options)), clock_(clock), handle_message_(std::move(handle)) {}
  ~RunningConsumer() override;

  Result<void> open();
  ConsumerState state() const override;

 private:
  struct Retry {
    SteadyClock::time_point at;
    Answers::Answer answer;
  };

  void run();
  void take(rd_kafka_message_t* native);
  void hand_over(const Shared& message);
  void take_answers();
  void settle(const Answers::Answer& answer);
  void finish(const Incoming& message);
  void bury(const Answers::Answer& answer);
  void retry_what_waits();
  void hold_or_go_on();
  void measure();
  void assigned(rd_kafka_topic_partition_list_t* partitions);
  void revoked();
  static void on_rebalance(rd_kafka_t*, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions,
                           void* opaque);

  const ConsumerOptions options_;
  Clock& clock_;
  const Handle handle_message_;
  std::unique_ptr<Producer> dead_letters_;
  kafka::Handle handle_;
  const std::shared_ptr<Answers> answers_ = std::make_shared<Answers>();
  // Of the consumer's thread alone:
  std::map<PartitionId, OffsetWindow> windows_;
  std::size_t under_way_ = 0;
  int assignment_ = 0;
  bool paused_ = false;
  SeenIds seen_{ids_max};
  std::deque<Retry> retries_;
  SteadyClock::time_point next_measure_;

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
  // Offsets are stored when an effect is durable; what is stored is committed a little later, and at the end.
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
  const Partitions topics(rd_kafka_topic_partition_list_new(static_cast<int>(options_.topics.size())));
  for (const std::string& topic : options_.topics)
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  const auto code = rd_kafka_subscribe(handle_.get(), topics.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, options_.kafka, "topics cannot be read");
  thread_ = std::thread([this] { run(); });
  return {};
}

RunningConsumer::~RunningConsumer() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  if (handle_) rd_kafka_consumer_close(handle_.get());
}

void RunningConsumer::on_rebalance(rd_kafka_t*, rd_kafka_resp_err_t code,
                                   rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto& self = *static_cast<RunningConsumer*>(opaque);
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) self.assigned(partitions);
  else self.revoked();
}

void RunningConsumer::assigned(rd_kafka_topic_partition_list_t* partitions) {
  rd_kafka_assign(handle_.get(), partitions);
  paused_ = false;
  const std::lock_guard lock(state_mutex_);
  state_.reading = true;
}

// What is under way goes on, and counts no more: whoever has the partitions now reads those messages again.
void RunningConsumer::revoked() {
  windows_.clear();
  retries_.clear();
  under_way_ = 0;
  ++assignment_;
  rd_kafka_assign(handle_.get(), nullptr);
  const std::lock_guard lock(state_mutex_);
  state_.reading = false;
  state_.waiting_for.clear();
  state_.progress.lag.clear();
}

void RunningConsumer::run() {
  while (!stopping_) {
    const NativeMessage message(rd_kafka_consumer_poll(handle_.get(), paused_ ? consumer_poll_ms / 5 : consumer_poll_ms));
    if (message) take(message.get());
    take_answers();
    retry_what_waits();
    hold_or_go_on();
    measure();
  }
  take_answers();
}

void RunningConsumer::take(rd_kafka_message_t* native) {
  if (native->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    log_warn("a topic cannot be read now", {{"error", rd_kafka_message_errstr(native)}});
    return;
  }
  const auto message = std::make_shared<const Incoming>(incoming(*native));
  windows_[{message->topic, message->partition}].begin(message->offset);
  ++under_way_;
  if (seen_.contains(std::string(message->header(options_.id_header)))) {
    finish(*message);
    const std::lock_guard lock(state_mutex_);
    ++state_.progress.repeated;
    return;
  }
  hand_over(message);
}

void RunningConsumer::hand_over(const Shared& message) {
  handle_message_(message, [answers = answers_, message, assignment = assignment_](Verdict verdict) {
    const std::lock_guard lock(answers->mutex);
    answers->list.push_back({assignment, message, std::move(verdict), false});
  });
}

void RunningConsumer::take_answers() {
  std::deque<Answers::Answer> list;
  {
    const std::lock_guard lock(answers_->mutex);
    list.swap(answers_->list);
  }
  for (const Answers::Answer& answer : list)
    if (answer.assignment == assignment_) settle(answer);
}

void RunningConsumer::settle(const Answers::Answer& answer) {
  if (std::holds_alternative<Poison>(answer.verdict) && !answer.buried) return bury(answer);
  if (const auto* later = std::get_if<Later>(&answer.verdict)) {
    retries_.push_back({SteadyClock::now() + options_.retry_after, answer});
    const std::lock_guard lock(state_mutex_);
    if (state_.waiting_for.empty()) log_warn("reading waits", {{"group", options_.group}, {"for", later->reason}});
    state_.waiting_for = later->reason;
    return;
  }
  // What is buried had no effect: delivered again, it is no repeat.
  const std::string id(answer.message->header(options_.id_header));
  if (!id.empty() && !answer.buried) seen_.add(id);
  finish(*answer.message);
  const std::lock_guard lock(state_mutex_);
  ++(answer.buried ? state_.progress.dead_letters : state_.progress.effected);
  if (retries_.empty()) state_.waiting_for.clear();
}

void RunningConsumer::finish(const Incoming& message) {
  --under_way_;
  const auto next = windows_[{message.topic, message.partition}].finish(message.offset);
  if (!next) return;
  const Partitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), message.topic.c_str(), message.partition)->offset = *next;
  rd_kafka_offsets_store(handle_.get(), list.get());  // an error: the partition is another's now
}

// The message counts as read when it is safe among the dead letters.
void RunningConsumer::bury(const Answers::Answer& answer) {
  const std::string& reason = std::get<Poison>(answer.verdict).reason;
  const Outgoing letter = to_dead_letter(*answer.message, reason, clock_.now());
  dead_letters_->send({&letter, 1}, [answers = answers_, answer](Result<void> sent) {
    Answers::Answer buried = answer;
    buried.buried = sent.ok();
    const std::lock_guard lock(answers->mutex);
    answers->list.push_back(std::move(buried));
  });
}

void RunningConsumer::retry_what_waits() {
  const auto now = SteadyClock::now();
  while (!retries_.empty() && retries_.front().at <= now) {
    const Answers::Answer answer = std::move(retries_.front().answer);
    retries_.pop_front();
    hand_over(answer.message);
  }
}

// A paused consumer is still a member of its group.
void RunningConsumer::hold_or_go_on() {
  const bool hold = !retries_.empty() || under_way_ >= options_.under_way_max;
  const bool go_on = retries_.empty() && under_way_ <= options_.under_way_max / 2;
  if (paused_ ? !go_on : !hold) return;
  rd_kafka_topic_partition_list_t* raw = nullptr;
  if (rd_kafka_assignment(handle_.get(), &raw) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const Partitions all(raw);
  if (paused_) rd_kafka_resume_partitions(handle_.get(), all.get());
  else rd_kafka_pause_partitions(handle_.get(), all.get());
  paused_ = !paused_;
}

// The ends are asked for: those that come with messages stand still while reading is held.
void RunningConsumer::measure() {
  if (SteadyClock::now() < next_measure_) return;
  next_measure_ = SteadyClock::now() + measure_every;
  rd_kafka_topic_partition_list_t* raw = nullptr;
  if (rd_kafka_assignment(handle_.get(), &raw) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const Partitions all(raw);
  if (rd_kafka_position(handle_.get(), all.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  std::vector<PartitionId> partitions;
  for (int i = 0; i < all->cnt; ++i) partitions.push_back({all->elems[i].topic, all->elems[i].partition});
  const auto ends = edges_of(handle_.get(), options_.kafka, partitions, Edge::end, measure_patience);
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

ConsumerState RunningConsumer::state() const {
  const std::lock_guard lock(state_mutex_);
  return state_;
}

}  // namespace

Result<std::unique_ptr<Consumer>> Consumer::start(ConsumerOptions options, Clock& clock, Handle handle) {
  auto consumer = std::make_unique<RunningConsumer>(std::move(options), clock, std::move(handle));
  if (const auto opened = consumer->open(); !opened) return opened.error();
  return std::unique_ptr<Consumer>(std::move(consumer));
}

}  // namespace sagactl::kafka
