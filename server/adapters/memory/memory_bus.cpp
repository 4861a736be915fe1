#include "server/adapters/memory/memory_bus.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "server/ports/subscriber.hpp"

namespace sagactl {
namespace {

// Shared with the functions that end subscriptions, which may outlive the bus.
struct MemorySubscribers {
  std::mutex mutex;
  std::vector<std::shared_ptr<Subscriber>> list;
};

class MemoryBus : public Bus {
 public:
  void publish(std::vector<Event> events, std::function<void(Result<void>)> done) override {
    std::vector<std::shared_ptr<Subscriber>> list;
    {
      const std::lock_guard lock(subscribers_->mutex);
      list = subscribers_->list;
    }
    for (const Event& event : events)
      for (const auto& subscriber : list) subscriber->receive(event);
    published_ += events.size();
    done({});
  }

  BusState state() const override { return {false, true, "", published_}; }

  void probe(Timestamp, std::function<void(Result<void>)> done) override {
    done(Error{ErrorCode::unavailable,
               "no message broker is configured: this node publishes its events in process; start it with "
               "--kafka host:port to publish them to Kafka",
               Json{{"code", "NOT_CONFIGURED"}}});
  }

  std::function<void()> subscribe(std::function<void(const Event&)> receive, std::function<void()> missed) override {
    auto subscriber = std::make_shared<Subscriber>(std::move(receive), std::move(missed));
    const std::lock_guard lock(subscribers_->mutex);
    subscribers_->list.push_back(subscriber);
    return [subscriber, subscribers = subscribers_] {
      subscriber->end();
      const std::lock_guard end(subscribers->mutex);
      std::erase(subscribers->list, subscriber);
    };
  }

 private:
  std::atomic<std::uint64_t> published_ = 0;
  std::shared_ptr<MemorySubscribers> subscribers_ = std::make_shared<MemorySubscribers>();
};

}  // namespace

std::unique_ptr<Bus> make_memory_bus() {
  return std::make_unique<MemoryBus>();
}

}  // namespace sagactl
