#include "server/auth/answer_token.hpp"

#include <charconv>

#include "common/crypto.hpp"
#include "common/result.hpp"

namespace sagactl::auth {
namespace {

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string without_signature(const AnsweredCall& call) {
  std::string text = (call.is_undo ? "undo." : "do.") + std::to_string(call.execution) + '.';
  if (call.undo_round > 0) text.append(std::to_string(call.undo_round + 1)).append(".");
  return text;
}

// Takes "<number>." from the beginning of `text`.
bool take_dotted_number(std::string_view& text, int& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop == end || *stop != '.') return false;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  return true;
}

}  // namespace

// A key of its own, so that nothing else that is signed with the shared secret passes for a token.
AnswerTokens::AnswerTokens(std::string_view shared_secret)
    : key_(bytes_of(hmac_sha256(shared_secret, "sagactl: answers to calls of sagas"))) {
  if (shared_secret.empty()) crash("AnswerTokens: the secret is empty");
}

std::string AnswerTokens::token_of(std::string_view saga, std::string_view step, const AnsweredCall& call) const {
  std::string token = without_signature(call);
  std::string text = token;
  text.append(saga).append("/").append(step);  // no saga's id has a slash
  return token += base64url(bytes_of(hmac_sha256(key_, text)));
}

std::optional<AnsweredCall> AnswerTokens::verify(std::string_view token, std::string_view saga,
                                                 std::string_view step) const {
  AnsweredCall call;
  std::string_view rest = token;
  if (rest.starts_with("undo."))
    call.is_undo = true;
  else if (!rest.starts_with("do."))
    return std::nullopt;
  rest.remove_prefix(rest.find('.') + 1);
  if (!take_dotted_number(rest, call.execution)) return std::nullopt;
  if (rest.find('.') != rest.npos) {
    if (!take_dotted_number(rest, call.undo_round) || call.undo_round < 2) return std::nullopt;
    --call.undo_round;
  }
  if (!equal_in_constant_time(token_of(saga, step, call), token)) return std::nullopt;
  return call;
}

}  // namespace sagactl::auth
