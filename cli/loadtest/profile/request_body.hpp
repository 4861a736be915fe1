// Reads what a request of a profile file has instead of a body: `form`, `multipart` or `graphql`.
#pragma once

#include <string>
#include <string_view>

#include "cli/configuration/toml_members.hpp"
#include "cli/loadtest/profile/profile_surroundings.hpp"
#include "loadgen/profile/journey.hpp"

namespace sagactl {

struct RequestBody {
  std::string text;  // a template
  bool is_form = false, is_graphql = false;
  std::string content_type;  // "": by the text
};

// Reads body, form, multipart, and graphql with variables and operation; at most one of them may be given.
RequestBody read_request_body(TomlMembers& members, const ProfileSurroundings& surroundings);

// Adds the header Content-Type, unless there is one or no body.
void add_content_type(RequestHeaders& headers, const RequestBody& body);

// "a b={csrf}" as a form's body: everything but the fields is encoded, what is filled in later.
std::string form_text(std::string_view text);

// Of an answer to GraphQL, the pointers that lead into its `data`.
void point_into_data(std::string& pointer);
void point_into_data(std::vector<ValueSource>& keep);

}  // namespace sagactl
