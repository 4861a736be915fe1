// The metrics of a node, apart from those of its HTTP listener. Names: docs/metrics.md.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "server/api/metrics/bounded_names.hpp"
#include "server/api/metrics/consumer_metrics.hpp"
#include "server/api/metrics/participant_metrics.hpp"
#include "server/api/metrics/saga_metrics.hpp"
#include "server/engine/engine.hpp"
#include "server/http/metrics/metrics.hpp"
#include "server/ports/bus.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/span_sink.hpp"

namespace sagactl::api {

class NodeMetrics {
 public:
  explicit NodeMetrics(http::Metrics& metrics);

  // The result of a request that places an order, on any surface: accepted, replayed, or the error that refused it.
  void order_accepted();
  void order_replayed();
  void order_refused(const Error& error);

  void lock_waited(Duration wait);
  void committed(const CommitReport& commit);

  // Called before the metrics are rendered: values that are only known by asking.
  void set(const EngineStats& stats);
  void set(const Counts& counts);
  void lock_available(bool available);
  void set(const DatabaseConnections& connections);
  void set(const BusState& bus);
  void set(const SpanCounts& spans);
  void set(const ConsumerProgress& progress) { consumers_.set(progress); }
  void set(const std::vector<ParticipantStats>& participants) { participants_.set(participants); }

 private:
  prometheus::Family<prometheus::Gauge>& sagas_;
  prometheus::Family<prometheus::Counter>& orders_;
  prometheus::Family<prometheus::Gauge>& database_connections_;
  prometheus::Gauge& sagas_active_;
  prometheus::Gauge& unpublished_events_;
  prometheus::Gauge& held_back_;
  prometheus::Gauge& queue_depth_;
  prometheus::Gauge& store_available_;
  prometheus::Gauge& lock_available_;
  prometheus::Gauge& sagas_driven_;
  prometheus::Gauge& sagas_stuck_;
  prometheus::Counter& commits_;
  prometheus::Counter& commands_;
  prometheus::Counter& adopted_;
  prometheus::Counter& fenced_;
  prometheus::Counter& late_charges_;
  prometheus::Gauge& bus_available_;
  prometheus::Counter& published_;
  prometheus::Counter& spans_exported_;
  prometheus::Counter& spans_dropped_;
  prometheus::Counter& accepted_;
  prometheus::Counter& replayed_;
  prometheus::Histogram& lock_wait_;
  prometheus::Histogram& batch_size_;
  prometheus::Histogram& commit_time_;

  ConsumerMetrics consumers_;
  ParticipantMetrics participants_;
  SagaMetrics progress_;

  std::mutex mutex_;
  EngineStats last_;  // as the counters have it
  std::uint64_t last_published_ = 0;
  SpanCounts last_spans_;
  BoundedNames names_;                                                // of users' definitions
  std::map<std::pair<std::string, SagaStatus>, std::int64_t> shown_;  // sagas by type and status
};

}  // namespace sagactl::api
