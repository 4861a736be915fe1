#include "server/http/message/problem.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace sagactl::http {
namespace {

// The body of an answer of the reference system, from a recording.
Json recorded(const std::string& name) {
  std::ifstream file(SAGACTL_SOURCE_DIR "/tests/http/recorded/" + name + ".json");
  EXPECT_TRUE(file.good()) << name;
  return Json::parse(file);
}

Request request_for(std::string_view target) {
  Request request;
  EXPECT_TRUE(request.set_target(target).ok());
  request.correlation_id = "c-1";
  return request;
}

std::string header(const Response& response, std::string_view name) {
  for (const Header& one : response.headers)
    if (one.name == name) return one.value;
  return {};
}

void expect_has_members_of(const Json& body, const Json& reference) {
  for (const auto& [name, value] : reference.items()) EXPECT_EQ(body.value(name, Json()), value) << name;
}

TEST(Problem, HasOneStatusForEachErrorCode) {
  const std::tuple<ErrorCode, int, const char*, const char*> rows[] = {
      {ErrorCode::invalid, 400, "Bad Request", ""},
      {ErrorCode::unauthenticated, 401, "Unauthorized", ""},
      {ErrorCode::forbidden, 403, "Forbidden", ""},
      {ErrorCode::not_found, 404, "Not Found", ""},
      {ErrorCode::conflict, 409, "Conflict", ""},
      {ErrorCode::too_large, 413, "Payload Too Large", ""},
      {ErrorCode::busy, 429, "Too Many Requests", "1"},
      {ErrorCode::retry, 503, "Service Unavailable", "1"},
      {ErrorCode::unknown_outcome, 504, "Gateway Timeout", ""},
      {ErrorCode::unavailable, 503, "Service Unavailable", "1"},
      {ErrorCode::bug, 500, "Internal Server Error", ""},
  };
  for (const auto& [code, status, title, retry_after] : rows) {
    SCOPED_TRACE(to_string(code));
    const Response response = problem(Error{code, "why"}, request_for("/x?y=1"));
    const Json body = Json::parse(response.body);
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.content_type, media::problem);
    EXPECT_EQ(header(response, "Retry-After"), retry_after);
    EXPECT_EQ(body["type"], "urn:sagactl:problem:" + std::string(to_string(code)));
    EXPECT_EQ(body["title"], title);
    EXPECT_EQ(body["error"], title);
    EXPECT_EQ(body["status"], status);
    EXPECT_EQ(body["statusCode"], status);
    EXPECT_EQ(body["instance"], "/x");
    EXPECT_EQ(body["correlationId"], "c-1");
    EXPECT_EQ(header(response, "WWW-Authenticate"), status == 401 ? "Bearer" : "");
  }
}

TEST(Problem, HasTheMembersOfTheReferenceSystem) {
  const auto body_of = [](const Error& error) { return Json::parse(problem(error, request_for("/x")).body); };
  const Request nope = request_for("/nope");
  expect_has_members_of(Json::parse(problem(no_such_route(nope), nope).body), recorded("unknown-route"));
  expect_has_members_of(body_of({ErrorCode::unauthenticated, "Unauthorized"}), recorded("no-token"));
  expect_has_members_of(body_of({ErrorCode::unauthenticated, "Invalid credentials"}), recorded("wrong-password"));
  expect_has_members_of(body_of({ErrorCode::conflict, "Email already exists"}), recorded("email-exists"));
  expect_has_members_of(body_of({ErrorCode::too_large, "request entity too large"}), recorded("too-large"));
}

TEST(Problem, PrefersTheMembersOfTheError) {
  const Json members = {{"error", "DUPLICATE_ORDER"}, {"code", "ORDER_ALREADY_EXISTS"}, {"message", {"a", "b"}}};
  const Json body = Json::parse(problem({ErrorCode::conflict, "a; b", members}, request_for("/x")).body);
  EXPECT_EQ(body["error"], "DUPLICATE_ORDER");
  EXPECT_EQ(body["code"], "ORDER_ALREADY_EXISTS");
  EXPECT_EQ(body["message"], Json({"a", "b"}));
  EXPECT_EQ(body["detail"], "a; b");
}

TEST(Problem, SetsTheMembersOfTheStandardItself) {
  const Json members = {{"status", "completed"}, {"type", "x"},     {"title", "x"},
                        {"detail", "x"},         {"instance", "x"}, {"sagaStatus", "completed"}};
  const Json body = Json::parse(problem({ErrorCode::conflict, "no", members}, request_for("/x")).body);
  EXPECT_EQ(body["status"], 409);
  EXPECT_EQ(body["type"], "urn:sagactl:problem:conflict");
  EXPECT_EQ(body["title"], "Conflict");
  EXPECT_EQ(body["detail"], "no");
  EXPECT_EQ(body["instance"], "/x");
  EXPECT_EQ(body["sagaStatus"], "completed");
}

TEST(Problem, HasRetryAfterOfTheError) {
  const Response response = problem({ErrorCode::busy, "no", {{"retryAfterSeconds", 7}}}, request_for("/x"));
  EXPECT_EQ(header(response, "Retry-After"), "7");
}

TEST(Problem, HidesTheMessageOfABug) {
  const Response response = problem({ErrorCode::bug, "row 7 of users", {{"sql", "select"}}}, request_for("/x"));
  EXPECT_EQ(response.body.find("users"), std::string::npos);
  EXPECT_EQ(response.body.find("select"), std::string::npos);
  EXPECT_EQ(Json::parse(response.body)["message"], "Internal server error");
}

TEST(Problem, IsJsonForAnyPath) {
  const Request request = request_for("/\xff\"\n" + std::string(10'000, 'x'));
  const Response response = problem(no_such_route(request), request);
  EXPECT_FALSE(Json::parse(response.body, nullptr, false).is_discarded());
  EXPECT_LT(response.body.size(), 4096u);
}

}  // namespace
}  // namespace sagactl::http
