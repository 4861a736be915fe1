// Searches for the highest rate that a server keeps up with: doubles the rate until one is missed (or halves it until
// one is kept), then bisects between the highest kept and the lowest missed rate.
#pragma once

#include <cstddef>
#include <optional>

namespace sagactl {

enum class CapacityOutcome {
  kept,         // all limits were met
  missed,       // one was missed
  no_evidence,  // the generator itself did not keep up: says nothing about the server
};

enum class CapacityLimit {
  server,     // a rate a little above the knee was missed
  generator,  // above the knee there is no evidence
  none,       // the search ended before a limit was found
};

class CapacitySearch {
 public:
  static constexpr double precision = 0.05;  // of the knee
  static constexpr std::size_t steps_max = 24;
  static constexpr double rate_min = 1;

  CapacitySearch(double first_rate, double rate_max) : first_(first_rate), rate_max_(rate_max) {}

  // The next rate; nothing: the search is over.
  std::optional<double> next() const;
  // The outcome of the rate that next() returned. After a first no_evidence the rate is retried, since it may have been
  // a passing disturbance.
  void record(CapacityOutcome outcome);

  double knee() const { return kept_; }  // 0: no rate was kept
  CapacityLimit limit() const;

 private:
  double upper() const;

  double first_, rate_max_;
  double kept_ = 0;
  double missed_ = 0;   // the lowest; 0: none
  double unknown_ = 0;  // the lowest without evidence; 0: none
  bool retrying_ = false;
  std::size_t steps_ = 0;
};

}  // namespace sagactl
