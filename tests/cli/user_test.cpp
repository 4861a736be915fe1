// `user`: accounts and roles.
#include <gmock/gmock.h>

#include "tests/cli/support/command.hpp"
#include "tests/cli/support/fake_node.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

Json user(const std::string& email, const std::string& role, const std::string& status = "active") {
  return {
      {"email", email}, {"role", role}, {"status", status}, {"sessions", 2}, {"createdAt", "2026-11-29T00:00:00.000Z"}};
}

TEST(CliUser, ListsAllPages) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /users?limit=1000", 200, {{"users", Json::array({user("a@x.org", "admin")})}, {"next", "a@x.org"}});
  node.answer("GET /users?limit=1000&after=a%40x.org", 200,
              {{"users", Json::array({user("b@x.org", "customer", "suspended")})}, {"next", nullptr}});
  const CommandResult list = sandbox.run({"user", "list", "--url", node.url()});
  EXPECT_EQ(list.code, 0);
  EXPECT_THAT(list.out, HasSubstr("a@x.org         admin     active            2"));
  EXPECT_THAT(list.out, HasSubstr("b@x.org         customer  suspended         2"));
  EXPECT_EQ(sandbox.run({"user", "list", "-o", "json", "--url", node.url()}).json()["users"].size(), 2u);
}

TEST(CliUser, IsAddedWithARole) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("POST /users", 201, user("c@x.org", "admin"));
  sandbox.input = "a long password\n";
  const CommandResult added = sandbox.run({"user", "add", "c@x.org", "--role", "admin", "--url", node.url()});
  EXPECT_EQ(added.code, 0) << added.err;
  EXPECT_EQ(node.requests().at(0).body, (Json{{"email", "c@x.org"},
                                              {"password", "a long password"},
                                              {"firstName", "-"},
                                              {"lastName", "-"},
                                              {"role", "admin"}}));
  EXPECT_EQ(added.err, "c@x.org added: admin, active\n");
}

TEST(CliUser, ChangesTheRoleAndDisablesAndEnables) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("PUT /users/c%40x.org", 200, user("c@x.org", "merchant"));
  EXPECT_EQ(sandbox.run({"user", "role", "c@x.org", "merchant", "--url", node.url()}).code, 0);
  EXPECT_EQ(sandbox.run({"user", "disable", "c@x.org", "--url", node.url()}).code, 0);
  EXPECT_EQ(sandbox.run({"user", "enable", "c@x.org", "--url", node.url()}).code, 0);
  const auto requests = node.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].body, (Json{{"role", "merchant"}}));
  EXPECT_EQ(requests[1].body, (Json{{"status", "suspended"}}));
  EXPECT_EQ(requests[2].body, (Json{{"status", "active"}}));
  EXPECT_EQ(sandbox.run({"user", "role", "c@x.org", "king", "--url", node.url()}).code, 4);
}

TEST(CliUser, ThatDoesNotExistIsNamedWithTheCommandThatListsUsers) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("PUT /users/c%40x.org", 404, {{"message", "User not found"}});
  const CommandResult outcome = sandbox.run({"user", "disable", "c@x.org", "--url", node.url()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err,
            "sagactl: User not found: there is no user 'c@x.org'\n  `sagactl user list` shows those that exist\n");
}

TEST(CliUser, AnEmailAddressThatCannotBeOneIsNotSent) {
  CliSandbox sandbox;
  FakeNode node;
  for (const std::vector<std::string>& command : {std::vector<std::string>{"user", "add", "foo"},
                                                  {"user", "role", "foo", "admin"},
                                                  {"user", "disable", "@foo"}}) {
    std::vector<std::string> arguments = command;
    arguments.insert(arguments.end(), {"--url", node.url()});
    const CommandResult outcome = sandbox.run(arguments);
    EXPECT_EQ(outcome.code, 4);
    EXPECT_THAT(outcome.err, HasSubstr("is not an e-mail address, which looks like ann@example.com"));
  }
  EXPECT_TRUE(node.requests().empty());
}

TEST(CliUser, WithoutAPasswordIsNotSent) {
  CliSandbox sandbox;
  FakeNode node;
  const CommandResult outcome = sandbox.run({"user", "add", "c@x.org", "--url", node.url()});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("no password was given"));
  EXPECT_THAT(outcome.err, HasSubstr("pass --password-file FILE"));
  EXPECT_TRUE(node.requests().empty());
}

}  // namespace
}  // namespace sagactl
