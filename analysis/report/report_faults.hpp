// The faults of a load test, as texts for reports.
#pragma once

#include <string>

#include "analysis/result/json_view.hpp"

namespace sagactl {

// Of one fault; "-" for what is not known.
struct FaultFigures {
  std::string fault, when, outcome;  // "2.00 s to 3.01 s"
  bool done = false;
  std::string requests, unanswered;  // waited for meanwhile; of these those without an answer
  std::string sagas;                 // open meanwhile: "40: 38 completed, 2 compensated"
  std::string good, p99;             // per second, and ms: before, during, after
  std::string recovery;
};
FaultFigures fault_figures(const JsonView& fault);

// For the terminal; "" without faults.
std::string faults_section(const Json& result);

}  // namespace sagactl
