// Answers to DTM's clients.
#pragma once

#include <string>
#include <string_view>

#include "common/text/json.hpp"
#include "server/http/message/response.hpp"

namespace sagactl::api {

// 200 with the word SUCCESS and these members.
http::Response dtm_success(Json members = Json::object());
// 200 with that object. Clients take the word FAILURE in it for a refusal, so it is written with an escape.
http::Response dtm_object(const Json& object);
// 409; the message ends in FAILURE.
http::Response dtm_failure(std::string message);
// 500: nothing that the protocol has a word for.
http::Response dtm_error(std::string_view message);

}  // namespace sagactl::api
