// A call as the bytes of an HTTP request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/time.hpp"
#include "server/adapters/participants/participant_secret.hpp"
#include "server/auth/answer_token.hpp"
#include "server/participants/calls/participant_call.hpp"

namespace sagactl {

// What a request gets from the node that makes it.
struct NodeSigns {
  Timestamp now;
  const std::string* node_url = nullptr;       // null: no Saga-Answer
  const auth::AnswerTokens* tokens = nullptr;  // null: no Saga-Answer
  const ParticipantSecret* secret = nullptr;   // null: nothing proves whose call it is
};

// The part of an absolute URL before its path: "http://hotel:8080".
std::string_view origin_of(std::string_view url);

// What stands after the method: a proxy wants the whole URL.
enum class RequestTarget : std::uint8_t { path, whole_url };

// Appends the request to `out`. False when the URL or a header has a character that would break it: then nothing is
// appended.
bool write_call(std::string& out, const ParticipantCall& call, std::string_view host_header, const NodeSigns& node,
                RequestTarget target = RequestTarget::path);

}  // namespace sagactl
