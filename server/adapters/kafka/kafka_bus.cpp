#include "server/adapters/kafka/kafka_bus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "common/log.hpp"
#include "common/text/json_object.hpp"
#include "server/adapters/kafka/client/producer.hpp"
#include "server/adapters/kafka/client/tail.hpp"
#include "server/adapters/kafka/event_message.hpp"
#include "server/ports/subscriber.hpp"

namespace sagactl {
namespace {

using kafka::Incoming;
using kafka::Outgoing;
using kafka::Tail;

constexpr Duration subscribe_timeout = 5s;
constexpr int probes_max = 16;  // test messages in flight
constexpr std::string_view probe_topic = "order-events";

std::vector<std::string> all_topics(const KafkaOptions& options) {
  std::vector<std::string> names;
  for (const std::string_view topic : event_topics()) names.push_back(options.topic_prefix + std::string(topic));
  return names;
}

std::vector<std::string> all_and_copy_topics(const KafkaOptions& options) {
  std::vector<std::string> names = all_topics(options);
  for (const std::string_view topic : copy_topics()) names.push_back(options.topic_prefix + std::string(topic));
  return names;
}

struct KafkaSubscriber : Subscriber {
  using Subscriber::Subscriber;

  bool wants(const Incoming& message) const {
    const auto first = from.find({message.topic, message.partition});
    return first == from.end() || message.offset >= first->second;
  }

  Tail::EndOffsets from;  // it gets no events before these
};

// The subscribers and the tail that feeds them, which reads only while there are any. Shared with the functions that
// unsubscribe, which may outlive the bus.
class KafkaSubscribers {
 public:
  void add(const KafkaOptions& options, const std::shared_ptr<KafkaSubscriber>& subscriber,
           const std::shared_ptr<KafkaSubscribers>& self) {
    const std::lock_guard tail_lock(tail_mutex_);
    std::unique_ptr<Tail> old;
    {
      const std::lock_guard lock(mutex_);
      if (tail_ && tail_->stopping()) old = std::move(tail_);
      if (tail_) subscriber->from = tail_->end_offsets(subscribe_timeout);
      list_.push_back(subscriber);
      if (tail_) return;
    }
    old.reset();
    const auto forward = [weak = std::weak_ptr(self)](const Incoming& message) {
      if (const auto subscribers = weak.lock()) subscribers->receive(message);
    };
    const auto missed = [weak = std::weak_ptr(self)] {
      if (const auto subscribers = weak.lock()) subscribers->have_missed();
    };
    auto tail = Tail::start(options, all_topics(options), forward, subscribe_timeout, missed);
    if (!tail) return log_error("cannot read events", {{"error", tail.error().message}});
    const std::lock_guard lock(mutex_);
    tail_ = std::move(tail).value();
    if (list_.empty()) tail_->stop();
  }

  void remove(const std::shared_ptr<KafkaSubscriber>& subscriber) {
    subscriber->end();
    const std::lock_guard lock(mutex_);
    std::erase(list_, subscriber);
    if (list_.empty() && tail_) tail_->stop();
  }

  void close() {
    std::unique_ptr<Tail> tail;
    const std::lock_guard tail_lock(tail_mutex_);
    {
      const std::lock_guard lock(mutex_);
      tail = std::move(tail_);
      list_.clear();
    }
    tail.reset();
  }

 private:
  std::vector<std::shared_ptr<KafkaSubscriber>> all() {
    const std::lock_guard lock(mutex_);
    return list_;
  }

  void have_missed() {
    for (const auto& subscriber : all()) subscriber->have_missed();
  }

  void receive(const Incoming& message) {
    std::optional<Event> event;
    for (const auto& subscriber : all()) {
      if (!subscriber->wants(message)) continue;
      if (!event) event = kafka::to_event(message);
      if (!event) return;
      subscriber->receive(*event);
    }
  }

  std::mutex tail_mutex_;  // of starting and closing the tail, which take long
  std::mutex mutex_;       // of the members below
  std::vector<std::shared_ptr<KafkaSubscriber>> list_;
  std::unique_ptr<Tail> tail_;
};

// Converts events to messages and passes them to the producer in their order, on a thread of its own: the thread that
// publishes has orders to commit, and a message takes about as long as a decision.
class PublishQueue {
 public:
  using Done = std::function<void(Result<void>)>;

  PublishQueue(kafka::Producer& producer, std::string topic_prefix)
      : producer_(producer), topic_prefix_(std::move(topic_prefix)), thread_([this] { run(); }) {}
  ~PublishQueue() {  // after passing on all that was put in
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  void put(std::vector<Event> events, Done done) {
    {
      const std::lock_guard lock(mutex_);
      batches_.push_back({std::move(events), std::move(done)});
    }
    changed_.notify_one();
  }

 private:
  struct EventBatch {
    std::vector<Event> events;
    Done done;
  };

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stopping_ || !batches_.empty(); });
      if (batches_.empty()) return;
      EventBatch batch = std::move(batches_.front());
      batches_.pop_front();
      lock.unlock();
      producer_.send(kafka::to_messages(batch.events, topic_prefix_), std::move(batch.done));
      lock.lock();
    }
  }

  kafka::Producer& producer_;
  const std::string topic_prefix_;
  std::mutex mutex_;  // of the members below
  std::condition_variable changed_;
  std::deque<EventBatch> batches_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

class KafkaBus : public Bus {
 public:
  KafkaBus(KafkaOptions options, std::unique_ptr<kafka::Producer> producer)
      : options_(std::move(options)),
        producer_(std::move(producer)),
        publish_queue_(std::make_unique<PublishQueue>(*producer_, options_.topic_prefix)) {}
  ~KafkaBus() override {
    subscribers_->close();
    publish_queue_.reset();
    producer_.reset();
  }

  void publish(std::vector<Event> events, std::function<void(Result<void>)> done) override {
    const std::size_t count = events.size();
    publish_queue_->put(std::move(events), [this, count, done = std::move(done)](Result<void> result) {
      if (result) published_ += count;
      done(std::move(result));
    });
  }

  // A batch of events is one request for each of its partitions. With a batch for each commit the brokers would spend
  // more on requests than on events.
  Duration batch_window() const override { return 250ms; }

  std::function<void()> subscribe(std::function<void(const Event&)> receive, std::function<void()> missed) override {
    auto subscriber = std::make_shared<KafkaSubscriber>(std::move(receive), std::move(missed));
    subscribers_->add(options_, subscriber, subscribers_);
    return [subscriber, subscribers = subscribers_] { subscribers->remove(subscriber); };
  }

  BusState state() const override {
    const auto producer = producer_->state();
    return {true, producer.available, producer.error, published_};
  }

  void probe(Timestamp now, std::function<void(Result<void>)> done) override {
    const auto state = producer_->state();
    if (!state.available) return done(Error{ErrorCode::unavailable, state.error});
    if (probes_.fetch_add(1) >= probes_max) {
      --probes_;
      return done(Error{ErrorCode::busy, "earlier test messages are not acknowledged yet"});
    }
    Outgoing message;
    message.topic = options_.topic_prefix + std::string(probe_topic);
    message.key = std::to_string(now.us / 1000);
    message.value = JsonObject().add("message", "Hello Kafka!").add("timestamp", iso8601_ms(now)).take();
    producer_->send({&message, 1}, [this, done = std::move(done)](Result<void> result) {
      --probes_;
      done(std::move(result));
    });
  }

 private:
  const KafkaOptions options_;
  std::atomic<std::uint64_t> published_ = 0;
  std::atomic<int> probes_ = 0;
  std::shared_ptr<KafkaSubscribers> subscribers_ = std::make_shared<KafkaSubscribers>();
  std::unique_ptr<kafka::Producer> producer_;
  std::unique_ptr<PublishQueue> publish_queue_;
};

}  // namespace

Result<std::unique_ptr<Bus>> make_kafka_bus(const KafkaOptions& options, std::vector<std::string> topics_of_others) {
  kafka::ProducerOptions producing;
  producing.kafka = options;
  producing.topics = all_and_copy_topics(options);
  producing.topics_of_others = std::move(topics_of_others);
  auto producer = kafka::Producer::open(std::move(producing));
  if (!producer) return producer.error();
  return std::unique_ptr<Bus>(std::make_unique<KafkaBus>(options, std::move(producer).value()));
}

}  // namespace sagactl
