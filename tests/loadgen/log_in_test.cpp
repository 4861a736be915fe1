// The users of a journey log in together, and again when the server refuses what the log-in gave.
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "loadgen/run.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl {
namespace {

LoadOptions options_for(const ScriptedServer& server, std::uint32_t users) {
  LoadOptions options;
  Profile& profile = options.profile;
  profile = Profile();
  profile.name = "shop";
  profile.path = "/buy";
  profile.body = "{}";
  profile.answer.order = {"/id"};
  JourneyStep log_in;
  log_in.name = "log-in";
  log_in.method = "POST";
  log_in.path = "/login";
  log_in.body = R"({"user":"{user}"})";
  log_in.expect = {{200, 200}};
  log_in.keep = {{"token", ValueSource::Kind::pointer, "/token", {}}};
  profile.journey.log_in.requests = {log_in};
  profile.journey.log_in.authorization = "Bearer {token}";
  options.targets = {server.url()};
  options.users = users;
  options.scenario = ScenarioKind::individual;
  return options;
}

// Gives tokens, and takes those that it has not revoked.
class TokenServer {
 public:
  // Log-ins are answered when as many have come as are expected at once.
  explicit TokenServer(std::size_t log_ins_at_once) : expected_(log_ins_at_once) {}

  ScriptedServer& server() { return server_; }
  void revoke_all() {
    const std::lock_guard lock(mutex_);
    good_.clear();
  }
  std::size_t log_ins() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(tokens_);
  }
  std::size_t most_at_once() const {
    const std::lock_guard lock(mutex_);
    return most_at_once_;
  }
  bool refuses_everything = false;

 private:
  TestAnswer handle(const Received& request) {
    std::unique_lock lock(mutex_);
    if (request.path == "/login") {
      most_at_once_ = std::max(most_at_once_, ++waiting_);
      changed_.notify_all();
      changed_.wait(lock, [this] { return waiting_ >= expected_ || tokens_ > 0; });
      const std::string token = "t" + std::to_string(++tokens_);
      good_.insert("Bearer " + token);
      changed_.notify_all();
      return answer(200, R"({"token":")" + token + R"("})");
    }
    const bool is_good = !refuses_everything && good_.contains(request.headers.at("authorization"));
    return is_good ? answer(201, R"({"id":")" + std::to_string(++orders_) + R"("})") : answer(401, "{}");
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  const std::size_t expected_;
  std::size_t waiting_ = 0, most_at_once_ = 0;
  int tokens_ = 0, orders_ = 0;
  std::set<std::string> good_;
  ScriptedServer server_{[this](const Received& request) { return handle(request); }};
};

TEST(LogIn, UsersLogInAtOnceUpToTheConcurrency) {
  TokenServer tokens(3);
  LoadOptions options = options_for(tokens.server(), 6);
  options.orders = 12;
  options.concurrency = 3;
  const auto result = run_load(options);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->requests.accepted, 12u);
  EXPECT_EQ(tokens.log_ins(), 6u);
  EXPECT_GE(tokens.most_at_once(), 3u) << "one after the other they would wait for each other without end";
}

TEST(LogIn, ARefusalInTheMiddleOfARunLeadsToOneNewLogInOfThatUser) {
  TokenServer tokens(1);
  LoadOptions options = options_for(tokens.server(), 2);
  options.rate = 100;
  options.duration = 3s;
  bool is_revoked = false;
  const auto result = run_load(options, {}, [&](const LoadProgress& progress) {
    if (progress.sent > 50 && !is_revoked) tokens.revoke_all();
    is_revoked = is_revoked || progress.sent > 50;
  });
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(tokens.log_ins(), 4u) << "two users, twice each";
  EXPECT_GT(result->requests.rejected, 0u) << "a refused request counts as it was answered";
  const LedgerEntry& last = std::as_const(result->ledger.entries).back();
  EXPECT_EQ(last.outcome, RequestOutcome::accepted) << "with the new log-in";
}

TEST(LogIn, AServerThatRefusesWhatItHasJustGivenIsNotAskedAgainAndAgain) {
  TokenServer tokens(1);
  tokens.refuses_everything = true;
  LoadOptions options = options_for(tokens.server(), 1);
  options.rate = 100;
  options.duration = 2s;
  const auto result = run_load(options);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->requests.rejected, 200u);
  EXPECT_LE(tokens.log_ins(), 2u);
}

}  // namespace
}  // namespace sagactl
