// The calls of a node to participants of users' sagas.
#pragma once

#include <mutex>
#include <vector>

#include "server/api/metrics/bounded_names.hpp"
#include "server/http/metrics/metrics.hpp"
#include "server/ports/participant_caller.hpp"

namespace sagactl::api {

class ParticipantMetrics {
 public:
  explicit ParticipantMetrics(http::Metrics& metrics);

  void set(const std::vector<ParticipantStats>& stats);  // of all participants; any thread

 private:
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Counter>& failures_;
  prometheus::Family<prometheus::Counter>& seconds_;
  prometheus::Family<prometheus::Gauge>& running_;
  prometheus::Family<prometheus::Gauge>& waiting_;
  prometheus::Family<prometheus::Gauge>& open_;

  std::mutex mutex_;
  BoundedNames names_;
};

}  // namespace sagactl::api
