// Has the server prepare what a profile's orders are for and of.
#pragma once

#include <vector>

#include "common/result.hpp"
#include "httpclient/url.hpp"
#include "loadgen/profile/profile.hpp"
#include "loadgen/sending/request_writer.hpp"

namespace sagactl {

struct TestDataMade {
  std::vector<LoadUser> users;
  std::vector<CatalogueProduct> products;
};

// How much is wanted, and by whom.
struct TestDataFor {
  std::string run;
  std::string token;  // "": none
  std::uint32_t users = 1;
  Duration timeout = 10s;
};

// Each of `wanted` in turn. One that gives users is asked again until there are enough or no new ones come.
// Errors: what the server said, or `invalid` for an answer that does not have what the profile says.
Result<TestDataMade> make_test_data(const Url& node, const std::vector<TestData>& wanted,
                                    const TestDataFor& whom);

}  // namespace sagactl
