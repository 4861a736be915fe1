// What a load test would send, for somebody who writes a profile.
#pragma once

#include <string>
#include <vector>

#include "common/result.hpp"
#include "loadgen/options.hpp"

namespace sagactl {

struct SampleRequest {
  std::string what;     // "an order", "one of a group of duplicates", "an order that is to fail, way 1 of 2"
  std::string request;  // as it goes over the line, without its token
};

// One of each kind that the scenario has; nothing is asked of any server, so what [[test_data]] would bring is made up.
// `invalid` as check(options) says.
Result<std::vector<SampleRequest>> sample_requests(const LoadOptions& options);

}  // namespace sagactl
