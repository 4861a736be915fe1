// Waits for a saga to end, over HTTP.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "cli/client/node_client.hpp"

namespace CLI {
class App;
}

namespace sagactl {

// Whether a saga with this status has ended.
bool is_final_status(std::string_view saga_status);

// Polls the saga until it has ended or `limit` is over; returns its last state. `id` is what GET /sagas/correlation/...
// takes.
Result<Json> wait_for_end(NodeClient& client, const std::string& id, Duration limit);

// Adds --wait [DURATION], and its exit codes as the command's footer.
void add_wait_flag(CLI::App& app, std::optional<Duration>& wait);

}  // namespace sagactl
