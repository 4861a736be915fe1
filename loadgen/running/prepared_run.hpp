// What the preparation of a run leads to: the users with what they have, products, and values of the set-up. Secret: it
// holds tokens and cookies.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/orders/product_plan.hpp"
#include "loadgen/requests/cookie_jar.hpp"
#include "loadgen/requests/user_states.hpp"

namespace sagactl {

struct PreparedUser {
  std::string id, token;  // as in LoadUser, like the next one
  bool id_is_number = false;
  UserState state;
  std::vector<CookieJar::Cookie> cookies;
  // How long from now until its account's token, and what its log-in gave, are to be renewed; none: never.
  std::optional<std::int64_t> renew_in_ns, log_in_in_ns;
};

struct PreparedRun {
  std::vector<PreparedUser> users;
  std::vector<CatalogueProduct> catalogue;
  std::vector<std::string> run_values;  // kept_names of the scope run
};

}  // namespace sagactl
