// The first draft of a profile, from requests that somebody recorded or described elsewhere.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// GraphQL: the request's body has the variables, and its answer the data.
struct RecordedGraphql {
  std::string query, operation;  // "" without one
};

// What a description says of the log-in.
struct RecordedLogIn {
  bool is_basic = false;        // RFC 7617
  std::string token_path = {};  // of OAuth 2.0; "": no token is fetched
  bool is_client = false;       // with the client's credentials, instead of a user's
};

// Where a description shows the state of an order; "" where it does not.
struct RecordedStatusPage {
  std::string path, pointer;
  std::vector<std::string> values = {};  // all that the state may have; none: it does not say
};

// Of a body of multipart/form-data (RFC 7578).
struct RecordedPart {
  std::string name, text;
  std::string file = {}, type = {};  // of a file; "": the part is the text
};

struct RecordedRequest {
  std::string name;
  std::string method = "GET";
  std::string url;  // complete, or a path
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::vector<RecordedPart> parts = {};  // instead of a body
  // Whether headers and body have fields of a profile already, as those by a description do. Then the path may have
  // parameters in braces, of which `parameters` has some, and a header's value may be missing.
  bool has_fields = false;
  std::vector<std::pair<std::string, std::string>> parameters = {};
  RecordedGraphql graphql = {};
  RecordedLogIn log_in = {};
  RecordedStatusPage status_page = {};
  int status = 0;  // of the recorded answer; 0: not known
  std::string location;
  std::string page;  // its body, if that is HTML
  bool sets_cookies = false;
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
Result<ProfileDraft> draft_of(Recording recording, const std::string& wanted = {});

// The contents of a file; nothing where it cannot be read.
using FileReader = std::function<std::optional<std::string>(const std::string& name)>;

// `invalid` with what is wrong in the text. A curl command may name files that it sends.
Result<Recording> read_curl(std::string_view command, const FileReader& read_file);
Result<Recording> read_har(std::string_view text);
Result<Recording> read_postman(std::string_view text);
// JSON or YAML, OpenAPI 3 or Swagger 2. `address` is where it was read: a server that it names by a path is there.
Result<Recording> read_openapi(std::string_view text, const std::string& address);

}  // namespace sagactl
