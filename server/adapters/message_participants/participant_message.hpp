// The messages between nodes and participants of users' sagas, as JSON: docs/remote-participants.md.
#pragma once

#include <string>

#include "common/result.hpp"
#include "server/adapters/kafka/client/message.hpp"
#include "server/participants/calls/participant_call.hpp"

namespace sagactl {

inline constexpr const char* answers_suffix = ".answers";
inline constexpr std::size_t message_answer_max = 64 * 1024;  // bytes of an answer's body

// The topic of the answers to what is asked in `topic`.
std::string answers_topic(const std::string& topic);

// Names the call in its message and in the answer to that: who reads the answer needs no memory of the call.
std::string message_id(const ParticipantCall& call);
std::string message_id(const MessageAnswer& answer);

// `node` waits for the answer, until `expires_at`.
kafka::Outgoing to_message(const ParticipantCall& call, const std::string& node, Timestamp expires_at,
                           const std::string& topic_prefix);

// `invalid` says what is wrong with a message that can never be understood.
Result<MessageAnswer> to_message_answer(const kafka::Incoming& message, const std::string& topic_prefix);

}  // namespace sagactl
