#include "server/api/accounts/render_account.hpp"

#include "common/time.hpp"

namespace sagactl::api {

Json user_json(const User& user) {
  return Json{{"id", user.id.text()},       {"email", user.email},          {"firstName", user.first_name},
              {"lastName", user.last_name}, {"role", to_string(user.role)}, {"status", to_string(user.status)}};
}

Json account_json(const User& user) {
  Json json = user_json(user);
  json["sessions"] = user.sessions.size();
  json["createdAt"] = iso8601_ms(user.created_at);
  json["updatedAt"] = iso8601_ms(user.updated_at);
  return json;
}

http::Response session_response(int status, const User& user, const LoginSessions::Pair& tokens) {
  http::Response response = http::json_response(
      status, Json{{"accessToken", tokens.access}, {"refreshToken", tokens.refresh}, {"user", user_json(user)}});
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

}  // namespace sagactl::api
