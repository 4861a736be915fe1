// What requests to participants and their answers have in common, whatever protocol they speak.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/participants/calls/participant_call.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

inline constexpr std::size_t answer_reason_max = 300;  // bytes of an answer in a reason

// The W3C traceparent of a call: a span of its own in the caller's trace, or in one of the saga's own.
std::string child_span(const Saga& saga, std::uint64_t entropy);

// The beginning of what a participant sent, which may be any bytes, as a text that every database stores.
std::string storable(std::string_view bytes, std::size_t size);

// Where it is to be asked again, as RFC 3986 resolves it against the URL of the call; empty for what no URL can hold.
std::string location_in(const ParticipantCall& call, const ParticipantAnswer& answer);

// "answered 409: no room", in the participant's own words.
std::string answered(const ParticipantAnswer& answer);

// Whether the status says that another try may succeed.
bool is_temporary(int status);

}  // namespace sagactl
