// Password guessing is limited, without locking users out.
#include <gtest/gtest.h>

#include <map>

#include "tests/api/support/api_node.hpp"

namespace sagactl::test {
namespace {

Json registration_of(const std::string& name, const std::string& password = "password123") {
  return {{"email", name + "@example.com"}, {"password", password}, {"firstName", "A"}, {"lastName", "B"}};
}
Json credentials_of(const std::string& name, const std::string& password = "password123") {
  return {{"email", name + "@example.com"}, {"password", password}};
}

class PasswordGuessing : public testing::Test {
 protected:
  static NodeOptions behind_a_proxy() {
    NodeOptions options = ApiNode::options();
    options.trusted_proxies = {"127.0.0.1"};
    return options;
  }
  void SetUp() override { node.stop_clock(); }
  // As a proxy forwards it for the client at `address`.
  HttpResponse post(const std::string& address, const std::string& path, const Json& body,
                    const std::string& key = "") {
    HttpRequest request{
        "POST", path, body.dump(), {{"X-Forwarded-For", address}, {"Content-Type", "application/json"}}};
    if (!key.empty()) request.headers.push_back({"Idempotency-Key", key});
    return node.client().send(request).value();
  }
  int log_in(const std::string& address, const std::string& name, const std::string& password = "password123") {
    return post(address, "/auth/login", credentials_of(name, password)).status;
  }

  ApiNode node{behind_a_proxy()};
};

TEST_F(PasswordGuessing, ByRegisteringIsLimitedLikeLoggingIn) {
  ASSERT_EQ(post("198.51.100.1", "/auth/register", registration_of("ann")).status, 201);
  std::map<int, int> answers;
  for (int i = 0; i < 30; ++i) {
    const Json guess = registration_of("ann", "guess number " + std::to_string(i));
    ++answers[post("198.51.100.7", "/auth/register", guess, std::to_string(i)).status];
  }
  EXPECT_EQ(answers[409], 10);
  EXPECT_EQ(answers[429], 20);
  EXPECT_EQ(post("198.51.100.7", "/auth/register", registration_of("ann"), "r").status, 429);
  EXPECT_EQ(log_in("198.51.100.7", "ann"), 429) << "the limit is the same";
  EXPECT_EQ(log_in("198.51.100.1", "ann"), 200) << "other addresses are not affected";
}

TEST_F(PasswordGuessing, GetsRetryAfter) {
  ASSERT_EQ(post("198.51.100.1", "/auth/register", registration_of("ann")).status, 201);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(log_in("198.51.100.7", "ann", "wrong"), 401);
  const HttpResponse refused = post("198.51.100.7", "/auth/login", credentials_of("ann", "wrong"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_GT(std::stoi(std::string(refused.header("Retry-After"))), 0);
}

TEST_F(PasswordGuessing, IsLimitedForEachCustomerBehindAProxy) {
  ASSERT_EQ(post("198.51.100.1", "/auth/register", registration_of("ann")).status, 201);
  for (int i = 0; i < 30; ++i) log_in("198.51.100.66", "bob", "wrong");
  EXPECT_EQ(log_in("198.51.100.66", "bob"), 429);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(log_in("198.51.100." + std::to_string(i + 1), "ann"), 200);
}

TEST_F(PasswordGuessing, IsNotHiddenByAForgedAddress) {
  std::map<int, int> answers;
  for (int i = 0; i < 30; ++i) ++answers[log_in("203.0.113." + std::to_string(i) + ", 198.51.100.66", "ann", "wrong")];
  EXPECT_EQ(answers[429], 20);
}

TEST_F(PasswordGuessing, DoesNotCountRightPasswords) {
  ASSERT_EQ(post("198.51.100.1", "/auth/register", registration_of("ann")).status, 201);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(log_in("198.51.100.1", "ann"), 200);
}

TEST_F(PasswordGuessing, HasALimitOfRegistrationsForEachAddress) {
  std::map<int, int> answers;
  for (int i = 0; i < 70; ++i)
    ++answers[post("198.51.100.9", "/auth/register", registration_of("u" + std::to_string(i))).status];
  EXPECT_EQ(answers[201], 60);
  EXPECT_EQ(answers[429], 10);
  EXPECT_EQ(post("198.51.100.10", "/auth/register", registration_of("other")).status, 201);
}

}  // namespace
}  // namespace sagactl::test
