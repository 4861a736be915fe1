// Prepares users and products for a profile's orders on the server.
#pragma once

#include <vector>

#include "common/result.hpp"
#include "httpclient/url.hpp"
#include "loadgen/profile/profile.hpp"
#include "loadgen/requests/request_writer.hpp"

namespace sagactl {

struct PreparedTestData {
  std::vector<LoadUser> users;
  std::vector<CatalogueProduct> products;
};

// For which run and how many users.
struct TestDataScope {
  std::string run;
  std::string token;  // "": none
  std::uint32_t users = 1;
  Duration timeout = 10s;
  ConnectOptions connect = {};
};

// Sends each request in turn. One that returns users is repeated until there are enough or no new ones. Errors: the
// server's answer, or `invalid` for an answer without the members that the profile names.
Result<PreparedTestData> request_test_data(const Url& node, const std::vector<TestDataRequest>& requests,
                                           const TestDataScope& scope);

}  // namespace sagactl
