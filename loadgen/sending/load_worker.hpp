// One thread of the load generator: begins its share of the journeys on time, sends their steps, reads the answers and
// records the entries. A run of single requests is one of journeys with one step.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <unordered_map>
#include <vector>

#include "loadgen/ledger/entry_log.hpp"
#include "loadgen/ledger/histogram.hpp"
#include "loadgen/ledger/ledger.hpp"
#include "loadgen/messages/message_traffic.hpp"
#include "loadgen/options.hpp"
#include "loadgen/requests/request_writer.hpp"
#include "loadgen/schedule/load_share.hpp"
#include "loadgen/sending/connection_pool.hpp"
#include "loadgen/sending/journey_plan.hpp"
#include "loadgen/sending/running_journeys.hpp"
#include "loadgen/sending/unit_backlog.hpp"

namespace sagactl {

// The units of a closed loop, taken by any worker.
class SharedUnits {
 public:
  explicit SharedUnits(UnitSource source, LoadShare share = {}, bool splits_groups = false)
      : source_(std::move(source)), share_(share), splits_groups_(splits_groups) {}
  // The next one of the share.
  std::optional<LoadUnit> next() {
    const std::lock_guard lock(mutex_);
    while (const auto unit = source_.next())
      if (const auto part = share_.part_of(*unit, splits_groups_)) return part;
    return std::nullopt;
  }
  UnitSource& source() { return source_; }  // when no worker runs

 private:
  std::mutex mutex_;
  UnitSource source_;
  const LoadShare share_;
  const bool splits_groups_;
};

// One worker's part of a phase.
struct PhaseShare {
  std::uint32_t phase = 0;
  std::vector<DueUnit> plan;     // open loop: by time
  SharedUnits* units = nullptr;  // closed loop; otherwise null
  std::uint32_t slots = 0;       // closed loop: journeys at once, or one complete group
  std::int64_t end_ns = 0;       // closed loop: no unit is started after it
};

// Of a body in which something is looked for.
inline constexpr std::size_t answer_size_max = 16 * 1024 * 1024;

struct LoadWorkerSetup {
  std::span<const LoadAddress> targets;  // this and the next four outlive the worker
  const RequestWriter* writer = nullptr;
  const JourneyPlan* plan = nullptr;
  MessageTraffic* messages = nullptr;  // outlives the worker; null: no journey has any
  EntryStore* store = nullptr;         // of the requests that create orders
  EntryStore* step_store = nullptr;    // of the other steps
  std::uint64_t seed = 0;
  std::uint32_t users = 1;
  bool same_user_in_group = false;  // requests with one key must be identical
  std::size_t connections = 1;
  StreamLimits streams;  // with HTTP/2 `connections` are streams, of all connections
  std::size_t first_target = 0;
  std::uint32_t backlog_max = 1;
  std::int64_t timeout_ns = 0;
  std::int64_t epoch_offset_ns = 0;  // from steady_ns() to the time since 1970
};

struct WorkerHealth {
  Histogram own_lateness;
  std::uint64_t skipped = 0;
  std::uint32_t backlog_peak = 0;
  std::int64_t cpu_ns = 0;
  std::int64_t run_ns = 0;
  HandshakeCounts handshakes;
};

class LoadWorker {
 public:
  explicit LoadWorker(const LoadWorkerSetup& setup);

  // Runs on the calling thread until every request of the share has its outcome; `stop` as in run_load. `pacing` is not
  // automatic.
  void run(PhaseShare share, Pacing pacing, const std::stop_token& stop);

  void add_to(EntryCounts& counts) const { log_.add_to(counts); }  // thread-safe

  // Between runs.
  void flush_entries() {
    log_.flush();
    step_log_.flush();
  }
  WorkerHealth take_health();  // since the last call
  std::uint64_t reconnects() const { return pool_.reconnects(); }
  std::size_t peak_connections() const { return pool_.peak_connections(); }
  std::size_t connections_max() const { return pool_.connections_max(); }

 private:
  // A step with messages that has begun and is not over.
  struct MessageInProgress {
    LedgerEntry entry;
    RequestTimes times;
    std::uint32_t journey = 0;
    std::int64_t within_ns = 0;               // when its message is late; INT64_MAX: it waits for none
    std::int64_t limit_ns = 0;                // when it is over
    std::shared_ptr<OpenStream> stream = {};  // null: it is of Kafka
  };

  bool is_done() const;
  void release(std::int64_t now);
  void release_planned(std::int64_t now);
  void release_next(std::int64_t now);
  void release_paused(std::int64_t now);
  void begin(const LoadUnit& unit, std::int64_t planned_ns, std::int64_t now);
  void admit(std::uint32_t place, std::int64_t planned_ns, std::int64_t now);
  void go_on(std::uint32_t place, std::size_t step, std::int64_t now);
  void count_own_lateness(const DueUnit& due);
  void want(std::size_t target, std::size_t connections, std::int64_t now);
  void dispatch(std::int64_t now);
  bool is_ready(const DueUnit& group, std::int64_t now);
  void send_single(std::size_t target, const DueUnit& due, std::int64_t now);
  void send_group(const DueUnit& due, std::size_t connections);
  void prepare(LoadConnection& connection, const DueUnit& due, std::uint32_t member);
  std::uint16_t user_for(const LoadUnit& unit, std::uint64_t operation) const;
  LedgerEntry entry_of(const DueUnit& due, std::uint32_t member);
  PlannedOrder order_of(const DueUnit& due, const LedgerEntry& entry);
  EntryLog& log_of(const LedgerEntry& entry);
  void keep(LedgerEntry& entry, const RequestTimes& times);
  void transmit(LoadConnection& connection);
  std::int64_t wait_until(std::int64_t now) const;
  void handle(const epoll_event& event);
  void handle(LoadConnection& connection, std::uint32_t events);
  void handle(Http2Link& link);
  void end_streams(Http2Link& link, std::int64_t now);
  void end_stream(LoadConnection& slot, std::uint32_t error, std::int64_t now);
  void link_lost(Http2Link& link, std::int64_t now);
  void flush();
  void receive(LoadConnection& connection, bool peer_closed);
  void received(LoadConnection& connection, std::string_view bytes, bool peer_closed);
  void conclude(LoadConnection& connection, std::int64_t now, bool peer_closed);
  void take_cookies(const LoadConnection& connection, const StepPlan& step);
  void keep_values(const LoadConnection& connection, const OrderAnswer& answer, std::string_view body);
  MessageInProgress message_of(const DueUnit& due, std::int64_t now);
  void begin_message(std::uint32_t place, std::int64_t planned_ns, std::int64_t now);
  void hand_over(MessageInProgress& begun, StepInProgress step, const PlannedOrder& order);
  void take_reports(std::int64_t now);
  void conclude(MessageInProgress& over, const StepReport& report, std::int64_t now);
  bool keep_values_of(const MessageInProgress& over, const StepReport& report);
  void end_message(MessageInProgress& over, StepEnd end, std::int64_t now);
  void record(MessageInProgress& over);
  void end_overdue_messages(std::int64_t now);
  void give_up(StepTicket ticket, MessageInProgress& overdue, std::int64_t now);
  StepEnd follow(const LedgerEntry& entry, std::uint32_t place, bool is_marked, std::int64_t now);
  StepEnd end_early(const LedgerEntry& entry, std::uint32_t place);
  void fail(LoadConnection& connection, TransportFailure failure, std::int64_t now);
  void drop_waiting(std::size_t queue, std::size_t already_sent, TransportFailure failure, std::int64_t now);
  void drop(const DueUnit& due, std::size_t already_sent, TransportFailure failure, std::int64_t now);
  std::size_t queue_of(std::uint64_t operation) const;
  std::size_t other_address(std::size_t target) const;
  void target_failed(std::size_t target, std::int64_t now);
  void tick(std::int64_t now);
  void time_out(std::int64_t now);
  void begin_stop(std::int64_t now);

  LoadWorkerSetup setup_;
  std::shared_ptr<StepInbox> inbox_;  // null: no journey has messages
  ConnectionPool pool_;
  UnitBacklog backlog_;
  RunningJourneys journeys_;
  std::unordered_map<StepTicket, MessageInProgress> messages_;
  EntryLog log_, step_log_;
  WorkerHealth health_;
  std::vector<char> input_;
  std::vector<LoadConnection*> group_;
  std::vector<std::size_t> failed_targets_;
  std::vector<std::size_t> wanted_by_target_;  // connections for a group, by target
  // By target: since when a single order waits for a group although a connection is idle; 0: none does.
  std::vector<std::int64_t> blocked_since_ns_;

  // Of the current run.
  PhaseShare share_;
  Pacing pacing_ = Pacing::sleep;
  std::size_t next_ = 0;            // in share_.plan
  std::optional<LoadUnit> peeked_;  // a closed loop's next unit, which does not fit yet
  bool exhausted_ = false;
  bool stopping_ = false;
  std::int64_t stop_limit_ns_ = 0;
  std::int64_t next_tick_ns_ = 0;
  std::int64_t next_flush_ns_ = 0;  // of entries that somebody waits for
  std::uint32_t in_flight_ = 0;
};

}  // namespace sagactl
