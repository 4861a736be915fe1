// By what a user's saga is found: the key under which it was started, and members of its input.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/participants/order.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

// What a user's saga claims under its key: not what an order claims under the same key.
KeyDigest digest_of_saga_key(std::string_view definition, std::string_view key);

// The paths that the saga's definition names under `search` and that lead to a value in its input, each once, and the
// values: texts as they are, other scalars as JSON.
std::vector<std::pair<std::string, std::string>> search_values(const Saga& saga);

// Under this a database keeps that a saga of that definition has that value at that path.
KeyDigest search_key(std::string_view definition, std::string_view path, std::string_view value);

}  // namespace sagactl
