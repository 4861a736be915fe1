#include "server/participants/reservation_text.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

Reservation example(StockKind kind, ReservationStatus status) {
  Reservation r;
  r.id = ReservationId{new_uuid()};
  r.kind = kind;
  r.execution = 2;
  r.lines = {{"A \"quoted\"", 3}, {"näme", 1'000'000'000'000}};
  r.status = status;
  r.reason = "no, \\ no";
  r.expires_at = Timestamp{1'767'225'600'000'001};
  r.node = "node-1";
  r.version = 3;
  r.created_at = Timestamp{5};
  r.updated_at = Timestamp{6};
  return r;
}

TEST(ReservationText, IsReadAsItWasWritten) {
  std::vector<Reservation> all;
  for (const StockKind kind : {StockKind::product, StockKind::item, StockKind::balance, StockKind::slots})
    for (std::size_t status = 0; status < std::size(Spelling<ReservationStatus>::names); ++status)
      all.push_back(example(kind, static_cast<ReservationStatus>(status)));
  all.push_back(Reservation{});
  const auto read = read_reservations(to_text(all));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, all);
}

TEST(ReservationText, OfNoneIsEmpty) {
  EXPECT_EQ(to_text({}), "");
  EXPECT_TRUE(read_reservations("")->empty());
}

TEST(ReservationText, AnythingElseIsABug) {
  const std::string good = to_text({example(StockKind::item, ReservationStatus::reserved)});
  std::vector<std::string> broken = {"{}",     "{}x", "[",     "[1]",       "[[]]",
                                     "[null]", "7",   "\"x\"", good + good, good.substr(0, good.size() - 1)};
  Json json = Json::parse(good);
  for (std::size_t i = 0; i < json[0].size(); ++i) {
    Json shorter = json, other = json;
    shorter[0].erase(i);
    other[0][i] = Json::object();
    broken.push_back(shorter.dump());
    broken.push_back(other.dump());
  }
  for (const std::size_t at : {1, 4}) {  // kind and status
    Json no_such = json;
    no_such[0][at] = 99;
    broken.push_back(no_such.dump());
    no_such[0][at] = -1;
    broken.push_back(no_such.dump());
  }
  Json half = json;
  half[0][3].erase(3);
  broken.push_back(half.dump());
  Json no_id = json;
  no_id[0][0] = "not-an-id";
  broken.push_back(no_id.dump());
  for (const std::string& text : broken) {
    const auto read = read_reservations(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code, ErrorCode::bug);
  }
}

}  // namespace
}  // namespace sagactl
