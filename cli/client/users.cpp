#include "cli/client/users.hpp"

#include "cli/client/id_prefix.hpp"
#include "cli/client/json_answer.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr int users_page_size = 1000;

}  // namespace

Result<Json> all_users(NodeClient& client) {
  Json users = Json::array();
  for (std::string after;;) {
    const auto page = client.get("/users?limit=" + std::to_string(users_page_size) +
                                 (after.empty() ? "" : "&after=" + percent_encode(after)));
    if (!page) return page.error();
    for (const Json& user : json_member(*page, "users")) users.push_back(user);
    after = text_member(*page, "next");
    if (after.empty()) return users;
  }
}

Error no_such_user(NodeClient& client, Error error, const std::string& name) {
  if (error.code != ErrorCode::not_found) return error;
  error = with_what_was_looked_for(std::move(error), "user", name, "sagactl user list");
  const auto users = all_users(client);
  if (!users) return error;
  std::vector<std::string> emails;
  for (const Json& user : *users) emails.push_back(text_member(user, "email"));
  const std::string near = nearest(name, emails);
  if (!near.empty()) error.message.append("; did you mean ").append(near).append("?");
  return error;
}

}  // namespace sagactl
