#include "server/api/dtm/dtm_answer.hpp"

namespace sagactl::api {
namespace {

constexpr std::string_view failure = "FAILURE";

}  // namespace

http::Response dtm_object(const Json& object) {
  http::Response response = http::json_response(200, object);
  std::string& body = response.body;
  for (std::size_t at = 0; (at = body.find(failure, at)) != std::string::npos;)
    body.replace(at + failure.size() - 1, 1, "\\u0045");
  return response;
}

http::Response dtm_success(Json members) {
  Json body{{"dtm_result", "SUCCESS"}};
  body.update(members);
  return dtm_object(body);
}

http::Response dtm_failure(std::string message) {
  if (!message.ends_with(failure)) message += (message.empty() ? "" : ". ") + std::string(failure);
  return http::json_response(409, Json{{"dtm_result", "FAILURE"}, {"message", message}});
}

http::Response dtm_error(std::string_view message) {
  return http::json_response(500, Json{{"message", message}});
}

}  // namespace sagactl::api
