// Has the server prepare what a profile's orders are for and of.
#pragma once

#include <vector>

#include "common/result.hpp"
#include "httpclient/url.hpp"
#include "loadgen/profile.hpp"
#include "loadgen/request_writer.hpp"

namespace sagactl {

struct TestDataMade {
  std::vector<LoadUser> users;
  std::vector<CatalogueProduct> products;
};

// Asks once, and again for further users until there are `users_wanted` or no new ones come. Errors: what the
// server said, or `invalid` for an answer that does not have what the profile says.
Result<TestDataMade> make_test_data(const Url& node, const TestData& wanted, const std::string& token,
                                    std::uint32_t users_wanted, Duration timeout);

}  // namespace sagactl
