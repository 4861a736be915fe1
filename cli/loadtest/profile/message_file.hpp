// Reads the steps of a profile file that have messages: events, websocket, produce and consume.
#pragma once

#include "cli/configuration/toml_members.hpp"
#include "loadgen/profile/journey.hpp"

namespace sagactl {

// The step's `message`, if it has one of them; then it has no body, form, graphql, expect and until. Adds the headers
// of a request that opens a stream.
void read_message(TomlMembers& members, JourneyStep& step);

}  // namespace sagactl
