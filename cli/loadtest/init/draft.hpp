// The first draft of a profile, from requests that somebody recorded or described elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "common/text/json.hpp"

namespace sagactl {

struct RecordedRequest {
  std::string name;
  std::string method = "GET";
  std::string url;  // complete, or a path
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int status = 0;  // of the recorded answer; 0: not known
  std::string location;
  Json answer;  // its body, if that is JSON; of a description an example
};

struct Recording {
  std::vector<RecordedRequest> requests;
  std::string server;                // "" where none is named
  std::vector<std::string> remarks;  // what could not be taken over
};

// What writes the profile, and what the author still has to fill in.
struct ProfileDraft {
  std::string text;
  std::string server;
  std::vector<std::string> left;
};

// The first request that is a POST answered with 201, else the first POST, creates the order; the others are steps
// before and after it. Secrets are not taken over: they become fields such as {env:TOKEN}. `invalid` without any POST.
Result<ProfileDraft> draft_of(const Recording& recording);

// `invalid` with what is wrong in the text.
Result<Recording> read_curl(std::string_view command);
Result<Recording> read_har(std::string_view text);
Result<Recording> read_postman(std::string_view text);
// JSON or YAML, OpenAPI 3 or Swagger 2.
Result<Recording> read_openapi(std::string_view text);

}  // namespace sagactl
