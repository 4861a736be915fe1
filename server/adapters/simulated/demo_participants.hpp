// Participants to play with: `sagactl serve --demo-participants`. Nobody is called; each call is answered as its
// participant might.
#pragma once

#include <cstdint>
#include <memory>

#include "server/ports/clock.hpp"
#include "server/ports/participant_caller.hpp"

namespace sagactl {

// A step NAME is refused when its request has `refuse-NAME` somewhere, and the answer to its first call is lost when it
// has `lose-NAME`: both may stand in any text of the input that the step sends. What is in effect is kept in memory,
// and forgotten when the node stops. Answers take 20 to 200 ms, by `seed`. `clock` outlives it. Any thread.
std::unique_ptr<ParticipantCaller> make_demo_participants(Clock& clock, std::uint64_t seed);

}  // namespace sagactl
