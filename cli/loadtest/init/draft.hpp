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
  std::string server;                   // "" where none is named
  std::vector<std::string> remarks;     // what could not be taken over
  std::vector<std::string> flags = {};  // of the load test that do what the recording did: "--insecure"
  std::string basic_user = {};          // who logs in with each request (RFC 7617); "": nobody
  bool are_alternatives = false;        // of one description: only the one that is chosen is sent
};

// What writes the profile, and what the author still has to fill in.
struct ProfileDraft {
  std::string text;
  std::string server;
  std::vector<std::string> left;
  std::string choice = {};              // which request creates the order, and how to choose another; "": there is one
  std::vector<std::string> flags = {};  // for the load test
};

// One request creates the order (choose_request.hpp: `wanted` names it); the others are steps before and after it. What
// is put in the place of recorded values is in recorded_fields.hpp. `invalid` without any POST, or without the one that
// is wanted.
Result<ProfileDraft> draft_of(const Recording& recording, const std::string& wanted = {});

// `invalid` with what is wrong in the text.
Result<Recording> read_curl(std::string_view command);
Result<Recording> read_har(std::string_view text);
Result<Recording> read_postman(std::string_view text);
// JSON or YAML, OpenAPI 3 or Swagger 2.
Result<Recording> read_openapi(std::string_view text);

}  // namespace sagactl
