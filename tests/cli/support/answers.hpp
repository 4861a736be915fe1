// Responses of a node, as sent over HTTP.
#pragma once

#include <string>

#include "common/text/json.hpp"

namespace sagactl {

inline constexpr const char* some_id = "0198f0a0-0000-7000-8000-000000000001";
inline constexpr const char* other_id = "0198f0a0-0000-7000-8000-000000000002";

Json an_order(const std::string& status);
// A saga as in GET /sagas; `error` may be empty.
Json a_saga(const std::string& id, const std::string& status, const std::string& error = "");
Json some_sagas(std::initializer_list<Json> sagas);
// The trace of an order whose payment succeeded after one retry by an operator.
Json a_trace();
// The body of GET /health/detailed.
Json a_healthy_node();

}  // namespace sagactl
