#include "server/adapters/kafka/client/login_token.hpp"

#include "common/crypto.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace sagactl::kafka {
namespace {

constexpr Duration lifetime_of_others = 5min;  // until the file is read again
constexpr const char* nobody_in_particular = "sagactl";
constexpr std::int64_t seconds_max = 253'402'300'799;  // the end of the year 9999

// The middle one of the three parts of a JSON Web Token; discarded when it is none.
Json claims_of(std::string_view token) {
  const std::vector<std::string> parts = split(token, '.');
  if (parts.size() != 3) return Json(Json::value_t::discarded);
  const auto bytes = from_base64url(parts[1]);
  return bytes ? read_json(*bytes) : Json(Json::value_t::discarded);
}

}  // namespace

Result<LoginToken> read_token(std::string_view text, Timestamp now) {
  LoginToken token{std::string(trim(text)), nobody_in_particular, now + lifetime_of_others};
  if (token.text.empty()) return Error{ErrorCode::invalid, "the file of the token is empty"};
  const Json claims = claims_of(token.text);
  if (!claims.is_object()) return token;
  if (const auto subject = claims.find("sub"); subject != claims.end() && subject->is_string())
    token.principal = subject->get<std::string>();
  const auto expiry = claims.find("exp");
  if (expiry == claims.end() || !expiry->is_number()) return token;
  const double seconds = expiry->get<double>();
  if (seconds < 0 || seconds > static_cast<double>(seconds_max)) return token;
  token.expires_at = Timestamp{static_cast<std::int64_t>(seconds) * 1'000'000};
  if (token.expires_at <= now) return Error{ErrorCode::invalid, "the token has expired"};
  return token;
}

}  // namespace sagactl::kafka
