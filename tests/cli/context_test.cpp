// `context`: set, list, use, remove.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <future>

#include "cli/configuration/private_file.hpp"
#include "tests/cli/support/command.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

TEST(CliContext, StoresTheGivenFlags) {
  CliSandbox sandbox;
  sandbox.variables["SAGACTL_DATABASE"] = "not given as a flag";
  EXPECT_EQ(sandbox.run({"context", "set", "staging", "--url", "http://a:1,http://b:2", "--token", "secret"}).code, 0);
  const CommandResult list = sandbox.run({"context", "list", "-o", "json"});
  const Json context = {{"name", "staging"}, {"current", true}, {"token", "(kept)"}, {"url", "http://a:1,http://b:2"}};
  const Json expected = {{"current", "staging"}, {"contexts", Json::array({context})}};
  EXPECT_EQ(list.json(), expected) << list.out;
}

TEST(CliContext, OnlyTheOwnerCanReadTheFile) {
  CliSandbox sandbox;
  sandbox.run({"context", "set", "staging", "--token", "secret"});
  struct stat status {};
  ASSERT_EQ(::stat((sandbox.home() / ".config/sagactl/contexts.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(CliContext, ShowsNoPassword) {
  CliSandbox sandbox;
  const CommandResult set =
      sandbox.run({"context", "set", "one", "--database", "postgres://u:geheim@h/d?sslpassword=geheim", "-o", "json"});
  for (const CommandResult& shown :
       {set, sandbox.run({"context", "list"}), sandbox.run({"context", "list", "-o", "json"})}) {
    EXPECT_THAT(shown.out, HasSubstr("postgres://u:***@h/d?sslpassword=***"));
    EXPECT_EQ((shown.out + shown.err).find("geheim"), std::string::npos);
  }
}

TEST(CliContext, WaitsForAnotherCommandThatChangesTheFile) {
  CliSandbox sandbox;
  auto lock = EditLock::take(sandbox.home() / ".config/sagactl/contexts.json");
  ASSERT_TRUE(lock.ok());
  auto waiting = std::async(std::launch::async, [&] {
    return sandbox.run({"context", "set", "two", "--url", "http://b:1"}).code;
  });
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(200)), std::future_status::timeout);
  sandbox.write("home/.config/sagactl/contexts.json", R"({"current":"one","contexts":{"one":{"url":"http://a:1"}}})");
  { const EditLock ended = std::move(*lock); }
  EXPECT_EQ(waiting.get(), 0);
  EXPECT_THAT(sandbox.run({"context", "list"}).out, HasSubstr("one"));
}

TEST(CliContext, ListsAsATable) {
  CliSandbox sandbox;
  sandbox.run({"context", "set", "one", "--url", "http://one:3000"});
  sandbox.run({"context", "set", "two", "--database", "two.db"});
  sandbox.run({"context", "use", "two"});
  EXPECT_EQ(sandbox.run({"context", "list"}).out,
            "   NAME  URL              DATABASE\n"
            "   one   http://one:3000  -\n"
            "*  two   -                two.db\n");
}

TEST(CliContext, SuggestsTheNameThatWasProbablyMeant) {
  CliSandbox sandbox;
  sandbox.run({"context", "set", "staging", "--url", "http://a:1"});
  const CommandResult outcome = sandbox.run({"context", "use", "stagng"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("did you mean 'staging'?"));
}

TEST(CliContext, ARemovedContextIsNoLongerCurrent) {
  CliSandbox sandbox;
  sandbox.run({"context", "set", "staging", "--url", "http://a:1"});
  EXPECT_EQ(sandbox.run({"context", "remove", "staging"}).code, 0);
  EXPECT_EQ(sandbox.run({"context", "list", "-o", "json"}).json()["current"], "");
  EXPECT_EQ(sandbox.run({"--context", "staging", "version"}).code, 4);
}

TEST(CliContext, KeepsCommasInSingleValues) {
  CliSandbox sandbox;
  const std::string database = "postgres://saga:x@127.0.0.1:9,127.0.0.1:8/shop";
  EXPECT_EQ(sandbox
                .run({"context", "set", "ha", "--database", database, "--data", "shop, old/data", "--url",
                      "http://127.0.0.1:9,http://127.0.0.1:8"})
                .code,
            0);
  const CommandResult verify = sandbox.run({"verify"});
  EXPECT_EQ(verify.code, 5) << verify.err;  // it tried to reach the servers
  EXPECT_THAT(sandbox.run({"saga", "list"}).err, HasSubstr("http://127.0.0.1:8"));
  EXPECT_THAT(sandbox.run({"doctor"}).out, HasSubstr("shop, old/data"));
  EXPECT_EQ(sandbox.run({"context", "remove", "ha"}).code, 0);
}

TEST(CliContext, AnUnwritableFileEndsWithTheExitCodeOfOutput) {
  CliSandbox sandbox;
  sandbox.write("home/.config", "a file where a directory belongs");
  for (const auto& command :
       {std::vector<std::string>{"context", "set", "shop", "--url", "http://127.0.0.1:1"},
        std::vector<std::string>{"context", "use", "shop"}, std::vector<std::string>{"context", "remove", "shop"}}) {
    const CommandResult result = sandbox.run(command);
    EXPECT_EQ(result.code, 6) << command[1];
    EXPECT_NE(result.err.find(".config"), std::string::npos) << result.err;
  }
  EXPECT_EQ(sandbox.run({"context", "list"}).code, 0);
}

TEST(CliContext, NeedsAtLeastOneFlag) {
  CliSandbox sandbox;
  EXPECT_EQ(sandbox.run({"context", "set", "empty"}).code, 4);
}

}  // namespace
}  // namespace sagactl
