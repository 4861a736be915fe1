#include "server/api/metrics/node_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <array>

#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Histogram;
using prometheus::Registry;

prometheus::Gauge& gauge(Registry& registry, const char* name, const char* help) {
  return BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Counter& counter(Registry& registry, const char* name, const char* help) {
  return BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

Histogram& histogram(Registry& registry, const char* name, const char* help, Histogram::BucketBoundaries bounds) {
  return BuildHistogram().Name(name).Help(help).Register(registry).Add({}, std::move(bounds));
}

const Histogram::BucketBoundaries latency_bounds{0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                 0.05,   0.1,    0.25,  0.5,    1.0,   2.5,  5.0};
const Histogram::BucketBoundaries sizes{1, 2, 4, 8, 16, 32, 64, 128, 256, 512};

constexpr const char* duplicate_result = "duplicate";
constexpr std::array refusal_codes = {
    ErrorCode::invalid,         ErrorCode::unauthenticated, ErrorCode::forbidden, ErrorCode::not_found,
    ErrorCode::conflict,        ErrorCode::too_large,       ErrorCode::busy,      ErrorCode::retry,
    ErrorCode::unknown_outcome, ErrorCode::unavailable,     ErrorCode::bug};

double in_seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

void add_difference(prometheus::Counter& counter, std::uint64_t from, std::uint64_t to) {
  if (to > from) counter.Increment(static_cast<double>(to - from));
}

}  // namespace

NodeMetrics::NodeMetrics(http::Metrics& metrics)
    : sagas_(BuildGauge()
                 .Name("sagactl_sagas")
                 .Help("Sagas in the database, by type and status")
                 .Register(metrics.registry())),
      orders_(BuildCounter()
                  .Name("sagactl_orders_total")
                  .Help("Requests for orders at this node, by result")
                  .Register(metrics.registry())),
      database_connections_(BuildGauge()
                                .Name("sagactl_database_connections")
                                .Help("Connections of this process to the database server")
                                .Register(metrics.registry())),
      sagas_active_(gauge(metrics.registry(), "sagactl_sagas_active", "Sagas in the database that have not ended")),
      unpublished_events_(
          gauge(metrics.registry(), "sagactl_unpublished_events", "Events in the database that are not published yet")),
      held_back_(gauge(metrics.registry(), "sagactl_events_held_back_seconds",
                       "How long events of this node have waited for earlier events of another node; 0: none wait")),
      queue_depth_(gauge(metrics.registry(), "sagactl_queue_depth", "Commands queued for a commit at this node")),
      store_available_(gauge(metrics.registry(), "sagactl_store_available",
                             "1 when the last commit of this node succeeded, 0 when it failed")),
      lock_available_(gauge(metrics.registry(), "sagactl_lock_available",
                            "1 while the lock service answers this node, 0 while it is unavailable")),
      sagas_driven_(gauge(metrics.registry(), "sagactl_sagas_driven", "Open sagas that this node owns")),
      sagas_stuck_(gauge(metrics.registry(), "sagactl_sagas_stuck",
                         "Sagas blocked at this node because their next command cannot be written")),
      commits_(counter(metrics.registry(), "sagactl_commits_total", "Commits of this node")),
      commands_(counter(metrics.registry(), "sagactl_commands_total",
                        "Commands decided by this node, refused ones included")),
      adopted_(counter(metrics.registry(), "sagactl_sagas_adopted_total", "Sagas adopted from dead nodes")),
      fenced_(counter(metrics.registry(), "sagactl_fenced_total",
                      "Commits refused because another node had taken over the lease")),
      late_charges_(counter(metrics.registry(), "sagactl_late_charges_total",
                            "Charges found in effect after they were given up; they are refunded")),
      bus_available_(gauge(metrics.registry(), "sagactl_bus_available",
                           "1 while events can be published, 0 while the message broker is unavailable")),
      published_(counter(metrics.registry(), "sagactl_events_published_total",
                         "Events of this process acknowledged by the bus")),
      spans_exported_(
          counter(metrics.registry(), "sagactl_spans_exported_total", "Spans of this process that the collector took")),
      spans_dropped_(counter(metrics.registry(), "sagactl_spans_dropped_total",
                             "Spans of this process that were dropped: the queue was full, or the collector refused")),
      accepted_(orders_.Add({{"result", "accepted"}})),
      replayed_(orders_.Add({{"result", "replayed"}})),
      lock_wait_(
          histogram(metrics.registry(), "sagactl_lock_wait_seconds", "Time until a lock was granted", latency_bounds)),
      batch_size_(histogram(metrics.registry(), "sagactl_commit_batch_size", "Commands in one commit", sizes)),
      commit_time_(
          histogram(metrics.registry(), "sagactl_commit_duration_seconds", "Duration of one commit", latency_bounds)),
      consumers_(metrics),
      participants_(metrics),
      progress_(metrics) {
  // Counters start at 0: rate() does not see the first event of a series that starts with it.
  orders_.Add({{"result", duplicate_result}});
  for (const ErrorCode code : refusal_codes) orders_.Add({{"result", std::string(to_string(code))}});
}

void NodeMetrics::order_accepted() {
  accepted_.Increment();
}

void NodeMetrics::order_replayed() {
  replayed_.Increment();
}

void NodeMetrics::order_refused(const Error& error) {
  const auto& members = error.members;
  const bool is_duplicate = members.is_object() && members.value("error", "") == "DUPLICATE_ORDER";
  orders_.Add({{"result", is_duplicate ? duplicate_result : std::string(to_string(error.code))}}).Increment();
}

void NodeMetrics::lock_waited(Duration wait) {
  lock_wait_.Observe(in_seconds(wait));
}

void NodeMetrics::lock_available(bool available) {
  lock_available_.Set(available ? 1 : 0);
}

void NodeMetrics::committed(const CommitReport& commit) {
  batch_size_.Observe(static_cast<double>(commit.commands));
  commit_time_.Observe(in_seconds(commit.took));
  progress_.add(commit.progress);
}

void NodeMetrics::set(const EngineStats& stats) {
  const std::scoped_lock guard(mutex_);
  queue_depth_.Set(static_cast<double>(stats.queue_depth));
  store_available_.Set(stats.store_available ? 1 : 0);
  sagas_driven_.Set(static_cast<double>(stats.open_sagas));
  held_back_.Set(in_seconds(stats.held_back_for));
  sagas_stuck_.Set(static_cast<double>(stats.stuck_sagas));
  add_difference(commits_, last_.commits, stats.commits);
  add_difference(commands_, last_.commands, stats.commands);
  add_difference(adopted_, last_.adopted, stats.adopted);
  add_difference(fenced_, last_.fenced, stats.fenced);
  add_difference(late_charges_, last_.late_charges, stats.late_charges);
  last_ = stats;
}

void NodeMetrics::set(const BusState& bus) {
  const std::scoped_lock guard(mutex_);
  bus_available_.Set(bus.available ? 1 : 0);
  add_difference(published_, last_published_, bus.published);
  last_published_ = bus.published;
}

void NodeMetrics::set(const SpanCounts& spans) {
  const std::scoped_lock guard(mutex_);
  add_difference(spans_exported_, last_spans_.exported, spans.exported);
  add_difference(spans_dropped_, last_spans_.dropped, spans.dropped);
  last_spans_ = spans;
}

// The sagas of a built-in definition have a series for each status, those of users' definitions for those that occur.
void NodeMetrics::set(const Counts& counts) {
  const std::scoped_lock guard(mutex_);
  std::map<std::pair<std::string, SagaStatus>, std::int64_t> shown;
  for (const SagaDefinition& definition : definitions())
    for (const std::string_view name : Spelling<SagaStatus>::names)
      shown[{definition.name, *from_string<SagaStatus>(name)}] = 0;
  std::int64_t active = 0;
  for (const auto& [kind, count] : counts.sagas) {
    const auto& [type, status] = kind;
    if (!is_terminal(status)) active += count;
    shown[{find_definition(type) || names_.add(type) ? type : other_name, status}] += count;
  }
  for (const auto& [kind, count] : shown) shown_[kind] = count;
  for (auto& [kind, count] : shown_) {
    if (!shown.contains(kind)) count = 0;
    sagas_.Add({{"type", kind.first}, {"status", std::string(to_string(kind.second))}}).Set(static_cast<double>(count));
  }
  sagas_active_.Set(static_cast<double>(active));
  unpublished_events_.Set(static_cast<double>(counts.unpublished_events));
}

void NodeMetrics::set(const DatabaseConnections& connections) {
  const auto set = [&](const char* state, std::size_t n) {
    database_connections_.Add({{"state", state}}).Set(static_cast<double>(n));
  };
  set("in_use", connections.in_use);
  set("idle", connections.open - std::min(connections.open, connections.in_use));
  set("max", connections.max);
}

}  // namespace sagactl::api
