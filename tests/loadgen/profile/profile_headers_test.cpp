// The headers of a profile: each is sent once, and invalid ones are refused.
#include "loadgen/profile/profile_headers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/text/text.hpp"
#include "loadgen/requests/request_writer.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

std::string request_with(std::vector<std::pair<std::string, std::string>> headers) {
  RequestWriterSetup run;
  run.profile.path = "/buy";
  run.profile.body = "{}";
  run.profile.headers = std::move(headers);
  run.plan.run = "k3f9";
  run.targets = {*parse_node_url("http://127.0.0.1:3000")};
  run.users = {{"anna", "a-token"}};
  const RequestWriter writer(run);
  std::vector<char> bytes;
  const std::size_t size = writer.write({}, bytes);
  return {bytes.data(), size};
}

std::size_t times_of(std::string_view text, std::string_view name) {
  const std::string all = lower(text), wanted = "\r\n" + std::string(name) + ":";
  std::size_t count = 0;
  for (auto at = all.find(wanted); at != std::string::npos; at = all.find(wanted, at + 1)) ++count;
  return count;
}

TEST(ProfileHeaders, ReplaceTheDefaultOnes) {
  const std::pair<const char*, const char*> rows[] = {
      {"host", "shop.example"}, {"HOST", "shop.example"}, {"accept", "text/plain"}, {"authorization", "Basic YTpi"}};
  for (const auto& [name, value] : rows) {
    const std::string request = request_with({{name, value}});
    EXPECT_EQ(times_of(request, lower(name)), 1u) << request;
    EXPECT_THAT(request, HasSubstr(std::string(name) + ": " + value + "\r\n"));
  }
  const std::string plain = request_with({});
  for (const char* name : {"host", "accept", "authorization", "content-length"})
    EXPECT_EQ(times_of(plain, name), 1u) << name;
}

TEST(ProfileHeaders, ThatAskToCloseAreFollowedByTheGenerator) {
  RequestWriterSetup run;
  run.plan.run = "k3f9";
  run.targets = {*parse_node_url("http://127.0.0.1:3000")};
  run.users = {{"anna", ""}};
  for (const auto& [value, closes] :
       {std::pair{"close", true}, std::pair{"Close", true}, std::pair{"keep-alive", false}}) {
    run.profile.headers = {{"connection", value}};
    EXPECT_EQ(RequestWriter(run).closes(), closes) << value;
  }
}

TEST(ProfileHeaders, ThatAreInvalidAreRefusedByName) {
  struct Row {
    std::vector<std::pair<std::string, std::string>> headers;
    const char* said;
  };
  const Row rows[] = {
      {{{"Content-Length", "10"}}, "create.headers.Content-Length: it is set"},
      {{{"transfer-ENCODING", "chunked"}}, "create.headers.transfer-ENCODING: bodies are sent with their length"},
      {{{"Expect", "100-continue"}}, "create.headers.Expect"},
      {{{"Upgrade", "h2c"}}, "create.headers.Upgrade"},
      {{{"Connection", "upgrade"}}, "create.headers.Connection: must be close or keep-alive"},
      {{{"X-A", "1"}, {"x-a", "2"}}, "create.headers.x-a: is there twice"},
      {{{"two words", "1"}}, "'two words' is not a header name"},
      {{{"", "1"}}, "a name is missing"},
      {{{"X-A", "a\r\nB: c"}}, "create.headers.X-A: its value has a line break"},
  };
  for (const Row& row : rows) {
    Profile profile = order_profile();
    profile.headers = row.headers;
    const auto checked = check(profile);
    ASSERT_FALSE(checked.ok()) << row.said;
    EXPECT_THAT(checked.error().message, HasSubstr(row.said));
  }
}

}  // namespace
}  // namespace sagactl
