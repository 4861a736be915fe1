// Which rate to try next in search of the highest that a server keeps up with: doubles until one is missed
// (or halves until one is kept), then halves the distance between the best kept and the lowest missed.
#pragma once

#include <cstddef>
#include <optional>

namespace sagactl {

class CapacitySearch {
 public:
  enum class Outcome {
    kept,         // all limits were met
    missed,       // one was not
    no_evidence,  // the generator itself did not keep up: says nothing of the server
  };
  enum class Limit {
    server,     // a rate a little above the knee was missed
    generator,  // above the knee there is no evidence
    none,       // the search ended before a limit was found
  };

  static constexpr double precision = 0.05;  // of the knee
  static constexpr std::size_t steps_max = 24;
  static constexpr double rate_min = 1;

  CapacitySearch(double first_rate, double rate_max) : first_(first_rate), rate_max_(rate_max) {}

  // Nothing when the search is over.
  std::optional<double> next() const;
  // Of the rate that next() said. A first no_evidence is tried again: it may have been the machine's moment.
  void tell(Outcome outcome);

  double knee() const { return kept_; }  // 0: no rate was kept
  Limit limit() const;

 private:
  double upper() const;

  double first_, rate_max_;
  double kept_ = 0;
  double missed_ = 0;   // the lowest; 0: none
  double unknown_ = 0;  // the lowest without evidence; 0: none
  bool trying_again_ = false;
  std::size_t steps_ = 0;
};

}  // namespace sagactl
