// A participant's HTTP answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/time.hpp"
#include "httpclient/answer_reader.hpp"
#include "server/participants/calls/participant_call.hpp"
#include "server/ports/clock.hpp"

namespace sagactl {

// The headers that an AnswerReader has to keep for what follows.
const std::vector<std::string>& answer_headers();

// Of a complete answer, whose body is taken.
ParticipantAnswer read_http_answer(AnswerReader& answer, const Clock& clock);

// How long the server keeps the connection without a request, by its header Keep-Alive; nothing when it does not say.
std::optional<Duration> kept_for_by(const AnswerReader& answer);

// "120", or "Wed, 21 Oct 2026 07:28:00 GMT": how long from now. Nothing for anything else.
std::optional<Duration> read_retry_after(std::string_view text, Timestamp now);

}  // namespace sagactl
