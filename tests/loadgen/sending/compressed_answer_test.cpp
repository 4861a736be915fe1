// Answers whose bodies are compressed or long, where something is looked for in them.
#include <gmock/gmock.h>
#include <zlib.h>

#include <atomic>

#include "loadgen/run.hpp"
#include "tests/loadgen/order_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

constexpr const char* order_id = "867a4850-d872-42eb-a83d-c71921cdc0c3";

std::string in_zlib(const std::string& text) {
  std::string out(compressBound(text.size()), '\0');
  uLongf size = out.size();
  EXPECT_EQ(
      compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size()),
      Z_OK);
  out.resize(size);
  return out;
}

RunResult orders_answered(const OrderServers::Instead& instead, bool compressed = false) {
  OrderServers servers(1, instead);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.token = "given";
  options.orders = 10;
  options.concurrency = 2;
  options.compressed = compressed;
  auto result = run_load(options);
  if (result) return std::move(*result);
  ADD_FAILURE() << result.error().message;
  return {};
}

std::size_t named_orders(const RunResult& result) {
  return static_cast<std::size_t>(
      std::count_if(result.ledger.entries.begin(), result.ledger.entries.end(),
                    [](const LedgerEntry& it) { return it.order == *Uuid::parse(order_id); }));
}

std::string order_after(std::size_t size) {
  return R"({"padding":")" + std::string(size, 'x') + R"(","id":")" + order_id + "\"}";
}

TEST(CompressedAnswer, IsReadWhereTheProfilePointsIntoIt) {
  const RunResult result = orders_answered([](const Received& request, std::size_t) -> std::optional<TestAnswer> {
    EXPECT_FALSE(request.headers.contains("accept-encoding")) << "nobody asked for it";
    return answer(201, in_zlib(order_after(5)), "Content-Encoding: deflate\r\n");
  });
  EXPECT_EQ(result.requests.accepted, 10u);
  EXPECT_EQ(named_orders(result), 10u);
  EXPECT_THAT(result.answers.answers.at(0).first, HasSubstr(order_id));
}

TEST(CompressedAnswer, IsAcceptedWhenAskedFor) {
  std::atomic<int> asked = 0;
  orders_answered(
      [&](const Received& request, std::size_t) -> std::optional<TestAnswer> {
        asked += request.headers.at("accept-encoding") == "gzip, deflate, br, zstd";
        return std::nullopt;
      },
      true);
  EXPECT_EQ(asked, 10);
}

TEST(CompressedAnswer, ThatIsNotWhatItSaysIsNamed) {
  const RunResult result = orders_answered([](const Received&, std::size_t) -> std::optional<TestAnswer> {
    return answer(201, "nonsense", "Content-Encoding: br\r\n");
  });
  EXPECT_EQ(result.requests.accepted, 10u);
  EXPECT_EQ(named_orders(result), 0u);
  EXPECT_EQ(result.answers.answers.at(0).first, "Content-Encoding: br, which the body is not");
}

TEST(LongAnswer, IsReadToItsEndWithinALimit) {
  constexpr std::size_t megabyte = 1024 * 1024;
  const RunResult found = orders_answered(
      [](const Received&, std::size_t) -> std::optional<TestAnswer> { return answer(201, order_after(2 * megabyte)); });
  EXPECT_EQ(named_orders(found), 10u);
  const RunResult packed = orders_answered([](const Received&, std::size_t) -> std::optional<TestAnswer> {
    return answer(201, in_zlib(order_after(2 * megabyte)), "Content-Encoding: deflate\r\n");
  });
  EXPECT_EQ(named_orders(packed), 10u);
  const RunResult beyond = orders_answered([](const Received&, std::size_t) -> std::optional<TestAnswer> {
    return answer(201, in_zlib(order_after(17 * megabyte)), "Content-Encoding: deflate\r\n");
  });
  EXPECT_EQ(beyond.requests.accepted, 10u);
  EXPECT_EQ(named_orders(beyond), 0u);
}

}  // namespace
}  // namespace sagactl
