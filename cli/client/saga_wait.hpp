// Waiting for a saga to end, over HTTP.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "cli/client/node_client.hpp"

namespace sagactl {

bool is_final_status(std::string_view saga_status);

// Asks for the saga again and again until it has ended or the time is over: the saga as it was last seen. Its
// status tells which. `id`: what GET /sagas/correlation/... takes.
Result<Json> wait_for_end(NodeClient& client, const std::string& id, Duration limit);

// How a command that waited for this saga ends.
ExitCode exit_code_of_saga(std::string_view status);

}  // namespace sagactl
