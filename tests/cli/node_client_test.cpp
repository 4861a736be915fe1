// Which node gets the request, with which token, and the error when none answers.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <future>

#include "cli/configuration/private_file.hpp"
#include "tests/cli/support/answers.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/cli/support/fake_node.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

const std::string unreachable_url = "http://127.0.0.1:1";

TEST(CliNodes, NoAnswerIsExitCode5WithAHint) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run({"saga", "list", "--url", unreachable_url});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("nothing answers at http://127.0.0.1:1"));
  EXPECT_THAT(outcome.err, HasSubstr("start a node with `sagactl serve`, or pass its address with --url"));
}

TEST(CliNodes, NoAnswerIsJsonWithJsonOutput) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run({"saga", "list", "-o", "json", "--url", unreachable_url});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.json()["error"]["code"], "unavailable");
  EXPECT_THAT(outcome.json()["error"]["hint"].get<std::string>(), HasSubstr("sagactl serve"));
}

TEST(CliNodes, TheNextNodeIsAskedWhenOneIsUnavailable) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /sagas?page=1&limit=20", 200, some_sagas({}));
  EXPECT_EQ(sandbox.run({"saga", "list", "--url", unreachable_url + "," + node.url()}).code, 0);
}

struct TokenRow {
  bool flag, variable, session, operator_file;
  const char* used;
};

class CliToken : public testing::TestWithParam<TokenRow> {};

TEST_P(CliToken, TheFirstSourceWins) {
  const TokenRow& row = GetParam();
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /sagas?page=1&limit=20", 200, some_sagas({}));
  if (row.variable) sandbox.variables["SAGACTL_TOKEN"] = "variable";
  if (row.operator_file) sandbox.write("sagactl-data/operator.token", "operator\n");
  if (row.session)
    sandbox.write("home/.config/sagactl/credentials.json", Json{{node.url(), {{"accessToken", "session"}}}}.dump());
  std::vector<std::string> arguments = {"saga", "list", "--url", node.url()};
  if (row.flag) arguments.insert(arguments.end(), {"--token", "flag"});
  EXPECT_EQ(sandbox.run(arguments).code, 0);
  EXPECT_EQ(node.requests().at(0).token, row.used);
}

INSTANTIATE_TEST_SUITE_P(Table, CliToken,
                         testing::Values(TokenRow{true, true, true, true, "flag"},
                                         TokenRow{false, true, true, true, "variable"},
                                         TokenRow{false, false, true, true, "session"},
                                         TokenRow{false, false, false, true, "operator"},
                                         TokenRow{false, false, false, false, ""}));

TEST(CliNodes, WithoutATokenTheHintSaysHowToGetOne) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /sagas?page=1&limit=20", 401, {{"statusCode", 401}, {"message", "Unauthorized"}});
  const CommandResult outcome = sandbox.run({"saga", "list", "--url", node.url()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("`sagactl login`"));
  EXPECT_THAT(outcome.err, HasSubstr("--data"));
}

// As in a directory of another user, which root can read.
TEST(CliNodes, ATokenThatCannotBeReadIsNamed) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /sagas?page=1&limit=20", 401, {{"statusCode", 401}, {"message", "Unauthorized"}});
  std::filesystem::create_symlink("loop", sandbox.directory() / "loop");
  const CommandResult outcome = sandbox.run({"saga", "list", "--url", node.url(), "--data", "loop", "--wide"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("loop/operator.token cannot be read: Too many levels of symbolic links"));
  EXPECT_THAT(outcome.err, HasSubstr("run this as the user of `sagactl serve`"));
}

TEST(CliLogin, OnlyTheOwnerCanReadTheTokens) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("POST /auth/login", 200, {{"accessToken", "a"}, {"refreshToken", "r"}, {"user", Json::object()}});
  sandbox.input = "secret-password\n";
  EXPECT_EQ(sandbox.run({"login", "--email", "e@x.org", "--url", node.url()}).code, 0);
  EXPECT_EQ(node.requests().at(0).body, (Json{{"email", "e@x.org"}, {"password", "secret-password"}}));
  struct stat status {};
  ASSERT_EQ(::stat((sandbox.home() / ".config/sagactl/credentials.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  node.answer("GET /sagas?page=1&limit=20", 200, some_sagas({}));
  sandbox.run({"saga", "list", "--url", node.url()});
  EXPECT_EQ(node.requests().at(1).token, "a");
}

TEST(CliLogin, IsRenewedWhenItsTokenHasExpired) {
  CliSandbox sandbox;
  FakeNode node;
  sandbox.write("home/.config/sagactl/credentials.json",
                Json{{node.url(), {{"accessToken", "old"}, {"refreshToken", "r"}}}}.dump());
  node.answer("GET /sagas?page=1&limit=20", 401, {{"message", "Unauthorized"}});
  node.answer("GET /sagas?page=1&limit=20", 200, some_sagas({}));
  node.answer("POST /auth/refresh", 200, {{"accessToken", "new"}, {"refreshToken", "r2"}});
  EXPECT_EQ(sandbox.run({"saga", "list", "--url", node.url()}).code, 0);
  EXPECT_EQ(node.requests().back().token, "new");
  EXPECT_THAT(sandbox.read("home/.config/sagactl/credentials.json"), HasSubstr("r2"));
}

TEST(CliLogin, IsRenewedForAllNodesOfTheLogin) {
  CliSandbox sandbox;
  FakeNode node, other;
  const Json pair = {{"accessToken", "old"}, {"refreshToken", "r"}},
             another = {{"accessToken", "x"}, {"refreshToken", "y"}};
  sandbox.write("home/.config/sagactl/credentials.json",
                Json{{node.url(), pair}, {other.url(), pair}, {"http://elsewhere:1", another}}.dump());
  node.answer("GET /sagas?page=1&limit=20", 401, {{"message", "Unauthorized"}});
  node.answer("GET /sagas?page=1&limit=20", 200, some_sagas({}));
  node.answer("POST /auth/refresh", 200, {{"accessToken", "new"}, {"refreshToken", "r2"}});
  other.answer("GET /sagas?page=1&limit=20", 200, some_sagas({}));
  EXPECT_EQ(sandbox.run({"saga", "list", "--url", node.url()}).code, 0);
  EXPECT_EQ(sandbox.run({"saga", "list", "--url", other.url()}).code, 0);
  EXPECT_EQ(other.requests().back().token, "new") << "the old refresh token would end the session there";
  EXPECT_THAT(sandbox.read("home/.config/sagactl/credentials.json"), HasSubstr("\"x\""));
}

TEST(CliLogin, SeveralCommandsAtOnceRenewItOnce) {
  CliSandbox sandbox;
  FakeNode node;
  const std::string file = "home/.config/sagactl/credentials.json";
  sandbox.write(file, Json{{node.url(), {{"accessToken", "old"}, {"refreshToken", "r"}}}}.dump());
  // Another command renews the login while this one's request is rejected: this one then uses the stored tokens.
  node.answer("GET /sagas?page=1&limit=20", 401, {{"message", "Unauthorized"}});
  node.answer("GET /sagas?page=1&limit=20", 200, some_sagas({}));
  auto lock = EditLock::take(sandbox.directory() / file);
  ASSERT_TRUE(lock.ok());
  auto waiting = std::async(std::launch::async, [&] {
    return sandbox.run({"saga", "list", "--url", node.url()}).code;
  });
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(200)), std::future_status::timeout) << "the lock is held";
  sandbox.write(file, Json{{node.url(), {{"accessToken", "new"}, {"refreshToken", "r2"}}}}.dump());
  { const EditLock ended = std::move(*lock); }
  EXPECT_EQ(waiting.get(), 0);
  EXPECT_EQ(node.requests().back().token, "new");
  EXPECT_EQ(node.requests().size(), 2u) << "and does not renew again";
}

TEST(CliLogin, ReadsThePasswordFromAFile) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("POST /auth/login", 200, {{"accessToken", "a"}, {"refreshToken", "r"}, {"user", Json::object()}});
  sandbox.write("pw", "secret password \nsecond line\n");
  EXPECT_EQ(sandbox.run({"login", "--email", "e@x.org", "--password-file", "pw", "--url", node.url()}).code, 0);
  EXPECT_EQ(node.requests().at(0).body["password"], "secret password");
  EXPECT_EQ(sandbox.run({"login", "--email", "e@x.org", "--password-file", "none", "--url", node.url()}).code, 4);
}

TEST(CliToken, IsReadFromAFile) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /sagas?page=1&limit=20", 200, some_sagas({}));
  sandbox.write("token", "from-a-file\n");
  EXPECT_EQ(sandbox.run({"saga", "list", "--token-file", "token", "--url", node.url()}).code, 0);
  EXPECT_EQ(node.requests().at(0).token, "from-a-file");
}

TEST(CliLogin, AWrongPasswordIsRejected) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("POST /auth/login", 401, {{"message", "Invalid credentials"}});
  sandbox.input = "wrong-password\n";
  const CommandResult outcome = sandbox.run({"login", "--email", "e@x.org", "--url", node.url()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("sagactl: Invalid credentials\n  the e-mail address or the password is wrong"));
}

TEST(CliLogin, WithoutAnAddressOrAPasswordSaysHowToGiveThem) {
  CliSandbox sandbox;
  EXPECT_THAT(sandbox.run({"login"}).err, HasSubstr("no e-mail address was given\n  such as --email ann@example.com"));
  EXPECT_THAT(sandbox.run({"login", "--email", "ann"}).err, HasSubstr("'ann' is not an e-mail address"));
  const CommandResult outcome = sandbox.run({"login", "--email", "e@x.org"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("no password was given"));
  EXPECT_THAT(outcome.err, HasSubstr("pass --password-file FILE"));
}

TEST(CliLogin, WhenNoNodeAnswersSaysHowToReachOne) {
  CliSandbox sandbox;
  sandbox.input = "a-password\n";
  const CommandResult outcome = sandbox.run({"login", "--email", "e@x.org", "--url", unreachable_url});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("start a node with `sagactl serve`"));
}

TEST(CliToken, ThatIsNotAcceptedIsNamed) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /sagas?page=1&limit=20", 401, {{"message", "Unauthorized"}});
  EXPECT_THAT(sandbox.run({"saga", "list", "--token", "t", "--url", node.url()}).err,
              HasSubstr("Unauthorized: the node does not accept the token of --token\n  it may have expired"));
  sandbox.variables["SAGACTL_TOKEN"] = "t";
  EXPECT_THAT(sandbox.run({"--wide", "saga", "list", "--url", node.url()}).err,
              HasSubstr("the token of --token (from environment variable SAGACTL_TOKEN)"));
}

// Whoever did not type the address must be told where it is from.
TEST(CliUrl, ThatNoNodeAnswersAtIsNamedWithItsSource) {
  CliSandbox sandbox;
  const auto error = [&] { return sandbox.run({"--wide", "saga", "list"}).err; };
  sandbox.write("sagactl.toml", std::string("url = \"") + unreachable_url + "\"\n");
  EXPECT_THAT(error(), HasSubstr("the address is from sagactl.toml: start a node there, change `url` there"));
  sandbox.run({"context", "set", "shop", "--url", unreachable_url});
  sandbox.write("sagactl.toml", "context = \"shop\"\n");
  EXPECT_THAT(error(), HasSubstr("the address is from context shop: start a node there, change it with `sagactl "
                                 "context set shop --url URL`, or pass another with --url"));
  sandbox.variables["SAGACTL_URL"] = unreachable_url;
  EXPECT_THAT(error(), HasSubstr("the address is from environment variable SAGACTL_URL"));
  sandbox.variables["SAGACTL_URL"] = "ftp://x";
  EXPECT_THAT(error(), HasSubstr("--url (from environment variable SAGACTL_URL): 'ftp://x' is not the address of a "
                                 "node: its scheme is neither http nor https; write http://host:port"));
}

TEST(CliLogin, LogoutDeletesTheTokensEvenWhenNoNodeAnswers) {
  CliSandbox sandbox;
  sandbox.write("home/.config/sagactl/credentials.json", Json{{unreachable_url, {{"accessToken", "a"}}}}.dump());
  EXPECT_EQ(sandbox.run({"logout", "--url", unreachable_url}).code, 0);
  EXPECT_EQ(sandbox.read("home/.config/sagactl/credentials.json"), "{}\n");
}

}  // namespace
}  // namespace sagactl
