// The participants of users' sagas for `sagactl top`: what the nodes' metrics say of their calls.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace sagactl {

// The calls of all nodes to a participant together.
struct ParticipantView {
  double calls = 0, failures = 0, seconds = 0;  // since the nodes have started
  std::int64_t running = 0, waiting = 0;
  int open = 0;  // nodes that leave it alone because it fails
};

// By definition and participant.
using ParticipantViews = std::map<std::pair<std::string, std::string>, ParticipantView>;

// Adds what the text of a node's GET /metrics says of participants.
void add_participants(std::string_view metrics, ParticipantViews& participants);

}  // namespace sagactl
