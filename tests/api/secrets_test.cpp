// The secrets of nodes: which are accepted, and which must be the same on all nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/log.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "tests/api/support/api_node.hpp"

namespace sagactl::test {
namespace {

using ::testing::HasSubstr;

Result<std::unique_ptr<SharedParts>> parts_of(const std::string& name, const std::string& secret,
                                              const std::string& refresh = "") {
  NodeOptions options = ApiNode::options();
  options.jwt_secret = secret;
  options.jwt_refresh_secret = refresh;
  options.data = std::filesystem::path(testing::TempDir()) / ("secrets-" + name);
  std::filesystem::remove_all(options.data);
  return SharedParts::make(options);
}

TEST(NodeSecrets, OneSharedSecretIsEnough) {
  const std::string secret(40, 'x');
  const auto one = parts_of("node-1", secret).value(), two = parts_of("node-2", secret).value();
  User user;
  user.id = UserId::fresh();
  const api::LoginSessions::Pair pair = one->sessions->issue(user);
  EXPECT_TRUE(two->sessions->user_of_refresh(pair.refresh).ok());
  EXPECT_FALSE(two->sessions->user_of_refresh(pair.access).ok())
      << "access and refresh tokens still have different secrets";
  EXPECT_EQ(one->sessions->fingerprint(), two->sessions->fingerprint());
}

TEST(NodeSecrets, ThatDifferHaveDifferentFingerprints) {
  const std::string secret(40, 'x'), refresh(40, 'y');
  const auto one = parts_of("node-1", secret).value(), two = parts_of("node-2", secret, refresh).value(),
             three = parts_of("node-3", "").value();
  EXPECT_NE(one->sessions->fingerprint(), two->sessions->fingerprint());
  EXPECT_NE(one->sessions->fingerprint(), three->sessions->fingerprint());
}

TEST(NodeSecrets, ThatDifferBetweenNodesAreLogged) {
  NodeOptions options = ApiNode::options();
  options.jwt_secret = std::string(40, 'x');
  options.data = std::filesystem::path(testing::TempDir()) / "secrets-compared";
  const auto log_text = [&](const std::string& fingerprint) {
    std::filesystem::remove_all(options.data);
    const auto parts = SharedParts::make(options).value();
    EXPECT_TRUE(parts->database->store().register_node("other", "http://other", 1h).ok());
    EXPECT_TRUE(parts->database->store().set_fingerprint("other", fingerprint).ok());
    std::string log;
    std::mutex mutex;
    set_log_sink([&](std::string_view line) {
      const std::scoped_lock guard(mutex);
      log += line;
    });
    boost::asio::io_context io;
    const auto node = LogicalNode::make(options, 0, *parts, {}, io).value();
    EXPECT_TRUE(node->start().ok());
    node->stop_engine();
    set_log_sink({});
    return log;
  };
  EXPECT_THAT(log_text("another"), HasSubstr("another node has different secrets"));
  EXPECT_THAT(log_text(parts_of("same", options.jwt_secret).value()->sessions->fingerprint()),
              testing::Not(HasSubstr("different secrets")));
}

TEST(NodeSecrets, ThatAreShortOrEqualOrIncompleteAreRefused) {
  const std::string secret(32, 'x'), other(32, 'y'), brief(31, 'z');
  const auto why = [](const auto& parts) { return parts.ok() ? std::string() : parts.error().message; };
  EXPECT_EQ(why(parts_of("right", secret, other)), "");
  EXPECT_THAT(why(parts_of("wrong", brief)), HasSubstr("JWT_SECRET has 31 characters"));
  EXPECT_THAT(why(parts_of("wrong", secret, brief)), HasSubstr("JWT_REFRESH_SECRET has 31 characters"));
  EXPECT_THAT(why(parts_of("wrong", secret, secret)), HasSubstr("are the same"));
  EXPECT_THAT(why(parts_of("wrong", "", secret)), HasSubstr("without JWT_SECRET"));
}

}  // namespace
}  // namespace sagactl::test
