// Sample requests of a load test (--dry-run), for authors of profiles.
#pragma once

#include <string>
#include <vector>

#include "common/result.hpp"
#include "loadgen/options.hpp"

namespace sagactl {

struct SampleRequest {
  std::string
      what;  // "step 'pay'", "an order", "one of a group of duplicates", "an order meant to fail, variant 1 of 2"
  std::string request;  // as it is sent, without its token
};

// One of each kind of the scenario, and of a journey its other requests in their order. What an answer will tell is
// written as its field, such as {link}, and so is what comes from the environment. Nothing is sent to any server, so
// data of [[test_data]] is invented. `invalid` as in check(options).
Result<std::vector<SampleRequest>> sample_requests(const LoadOptions& options);

}  // namespace sagactl
