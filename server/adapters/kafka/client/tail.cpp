#include "server/adapters/kafka/client/tail.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "common/log.hpp"
#include "server/adapters/kafka/client/driver.hpp"

namespace sagactl::kafka {
namespace {

constexpr Duration offsets_timeout = 2s;
constexpr auto assign_interval = std::chrono::milliseconds(500);
constexpr int tail_poll_ms = 100;
constexpr auto partition_check_interval = std::chrono::seconds(2);
constexpr Duration partition_check_timeout = 1s;

class RunningTail : public Tail {
 public:
  RunningTail(const KafkaOptions& options, std::vector<std::string> topics, Receive receive,
              std::function<void()> started_late)
      : options_(options),
        topics_(std::move(topics)),
        receive_(std::move(receive)),
        started_late_(std::move(started_late)) {}

  ~RunningTail() override {
    stop();
    if (thread_.joinable()) thread_.join();
    if (handle_) rd_kafka_consumer_close(handle_.get());
  }

  Result<void> open(Duration timeout) {
    auto handle = make_reader(options_, "tail",
                              {{"auto.offset.reset", "latest"}, {"topic.metadata.refresh.interval.ms", "2000"}});
    if (!handle) return handle.error();
    handle_ = std::move(handle).value();
    thread_ = std::thread([this] { run(); });
    std::unique_lock lock(mutex_);
    late_ = !changed_.wait_for(lock, timeout, [this] { return reading_; });
    return {};
  }

  EndOffsets end_offsets(Duration timeout) override {
    EndOffsets found;
    const auto partitions = partitions_of(handle_.get(), options_, topics_, timeout);
    if (!partitions) return found;
    const auto offsets = list_offsets(handle_.get(), options_, *partitions, OffsetSpec::latest, timeout);
    if (!offsets) return found;
    for (std::size_t i = 0; i < partitions->size(); ++i)
      found[{(*partitions)[i].topic, (*partitions)[i].partition}] = (*offsets)[i];
    return found;
  }

  bool is_reading() const override {
    const std::lock_guard lock(mutex_);
    return reading_;
  }

  void stop() override {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  bool stopping() const override { return stopping_; }

 private:
  void run() {
    while (!stopping_ && !assign()) {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, assign_interval, [this] { return stopping_.load(); });
    }
    while (!stopping_) {
      const NativeMessage message(rd_kafka_consumer_poll(handle_.get(), tail_poll_ms));
      if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) receive_(incoming(*message));
      add_new_partitions();
    }
  }

  void add_new_partitions() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_check_) return;
    const auto partitions = partitions_of(handle_.get(), options_, topics_, partition_check_timeout);
    next_check_ = std::chrono::steady_clock::now() + partition_check_interval;
    if (!partitions) return;
    std::vector<PartitionId> added;
    for (const PartitionId& id : *partitions)
      if (!assigned_.contains(id)) added.push_back(id);
    if (added.empty()) return;
    const NativePartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(added.size())));
    for (const PartitionId& id : added)
      rd_kafka_topic_partition_list_add(list.get(), id.topic.c_str(), id.partition)->offset = RD_KAFKA_OFFSET_BEGINNING;
    if (rd_kafka_error_t* error = rd_kafka_incremental_assign(handle_.get(), list.get())) {
      log_warn("reading added partitions failed", {{"error", rd_kafka_error_string(error)}});
      return rd_kafka_error_destroy(error);
    }
    assigned_.insert(added.begin(), added.end());
    log_info("reading added partitions from their beginning",
             {{"topic", added.front().topic}, {"count", std::to_string(added.size())}});
  }

  bool assign() {
    const EndOffsets from = end_offsets(offsets_timeout);
    if (from.empty()) return false;
    const NativePartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(from.size())));
    for (const auto& [where, offset] : from)
      rd_kafka_topic_partition_list_add(list.get(), where.first.c_str(), where.second)->offset = offset;
    const auto code = rd_kafka_assign(handle_.get(), list.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      log_warn("reading topics failed", {{"error", error_of(code, options_, "assignment").message}});
      return false;
    }
    for (const auto& [where, offset] : from) assigned_.insert({where.first, where.second});
    std::unique_lock lock(mutex_);
    reading_ = true;
    changed_.notify_all();
    const bool late = late_;
    lock.unlock();
    if (late && started_late_) started_late_();
    return true;
  }

  const KafkaOptions options_;
  const std::vector<std::string> topics_;
  const Receive receive_;
  const std::function<void()> started_late_;
  NativeHandle handle_;
  std::set<PartitionId> assigned_;  // this and the next: of the thread alone
  std::chrono::steady_clock::time_point next_check_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool reading_ = false;
  bool late_ = false;  // whoever started it did not wait for it
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Tail>> Tail::start(const KafkaOptions& options, std::vector<std::string> topics, Receive receive,
                                          Duration timeout, std::function<void()> started_late) {
  auto tail = std::make_unique<RunningTail>(options, std::move(topics), std::move(receive), std::move(started_late));
  if (const auto opened = tail->open(timeout); !opened) return opened.error();
  return std::unique_ptr<Tail>(std::move(tail));
}

}  // namespace sagactl::kafka
