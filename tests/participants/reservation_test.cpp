#include "server/participants/reservation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/random.hpp"
#include "tests/participants/stock_room.hpp"

namespace sagactl {
namespace {

using ::testing::HasSubstr;
using enum ReservationStatus;

const OrderId order{new_uuid()};

ReservationDecision reserve_in(StockRoom& room, std::vector<ReservationLine> lines,
                               StockKind kind = StockKind::product) {
  Reserve command;
  command.id = ReservationId{new_uuid()};
  command.order = order;
  command.kind = kind;
  command.lines = std::move(lines);
  return reserve(room.stocks, command, stock_moment);
}

// A reservation of 3 of 10 A in that status, with the stock in the matching state.
Reservation in_status(StockRoom& room, ReservationStatus status) {
  Stock& stock = room.add(StockKind::product, "A", status == refused ? 2 : 10);
  Reservation reservation = reserve_in(room, {{"A", 3}}).reservation;
  if (status == confirmed) reservation = confirm(room.stocks, reservation, order, stock_moment)->reservation;
  if (status == released) reservation = release(room.stocks, reservation, order, stock_moment).reservation;
  if (status == expired) {
    Moment later = stock_moment;
    later.now = reservation.expires_at;
    reservation = expire(room.stocks, reservation, order, later).reservation;
  }
  EXPECT_EQ(reservation.status, status);
  EXPECT_TRUE(balances(stock));
  return reservation;
}

TEST(Reservation, ChangesStatusOnlyAsTheTableSays) {
  struct Row {
    ReservationStatus from;
    const char* stock;
    ReservationStatus confirm, release, expire;
    const char *confirmed_stock, *released_stock, *expired_stock;  // after each
    bool conflict;                                                 // to confirm it
  };
  const std::vector<Row> table = {
      {reserved, "7/3/0", confirmed, released, expired, "7/0/3", "10/0/0", "10/0/0", false},
      {confirmed, "7/0/3", confirmed, released, confirmed, "7/0/3", "10/0/0", "7/0/3", false},
      {released, "10/0/0", released, released, released, "10/0/0", "10/0/0", "10/0/0", true},
      {expired, "10/0/0", confirmed, expired, expired, "7/0/3", "10/0/0", "10/0/0", false},
      {refused, "2/0/0", refused, refused, refused, "2/0/0", "2/0/0", "2/0/0", true},
  };
  ASSERT_EQ(table.size(), std::size(Spelling<ReservationStatus>::names));
  const auto check = [](const Row& row, const ReservationDecision& decision, const Reservation& before,
                        ReservationStatus then) {
    const Reservation& after = decision.reservation;
    EXPECT_EQ(after.status, then);
    EXPECT_EQ(decision.events.size(), then == row.from ? 0u : 1u) << "nothing happens twice";
    EXPECT_EQ(after.version, before.version + static_cast<int>(decision.events.size()));
    if (decision.events.empty()) {
      EXPECT_EQ(after, before);
    }
  };
  for (const Row& row : table) {
    SCOPED_TRACE(std::string(to_string(row.from)));
    {
      StockRoom room;
      const Reservation before = in_status(room, row.from);
      EXPECT_EQ(room.at("A"), row.stock);
      const auto decision = confirm(room.stocks, before, order, stock_moment);
      ASSERT_EQ(decision.ok(), !row.conflict);
      if (decision) {
        check(row, *decision, before, row.confirm);
      } else {
        EXPECT_EQ(decision.error().code, ErrorCode::conflict);
      }
      EXPECT_EQ(room.at("A"), row.confirmed_stock);
    }
    {
      StockRoom room;
      const Reservation before = in_status(room, row.from);
      check(row, release(room.stocks, before, order, stock_moment), before, row.release);
      EXPECT_EQ(room.at("A"), row.released_stock);
    }
    {
      StockRoom room;
      const Reservation before = in_status(room, row.from);
      Moment later = stock_moment;
      later.now = before.expires_at;
      check(row, expire(room.stocks, before, order, later), before, row.expire);
      EXPECT_EQ(room.at("A"), row.expired_stock);
    }
  }
}

TEST(Reservation, DoesNotUseAStockThatIsNewerThanItself) {
  for (const ReservationStatus status : {reserved, confirmed}) {
    StockRoom room;
    const Reservation old = in_status(room, status);
    room.add(StockKind::product, "A", 5).created_at = stock_moment.now + 1s;  // replaces the deleted one
    Moment later = stock_moment;
    later.now = old.expires_at;
    EXPECT_EQ(release(room.stocks, old, order, later).reservation.status, released);
    EXPECT_EQ(room.at("A"), "5/0/0");
    EXPECT_EQ(confirm(room.stocks, old, order, later)->reservation.status, confirmed);
    EXPECT_EQ(room.at("A"), "5/0/0");
    expire(room.stocks, old, order, later);
    EXPECT_EQ(room.at("A"), "5/0/0");
  }
}

TEST(Reservation, ThatExpiredIsConfirmedAndReleasedInTheCurrentStock) {
  StockRoom room;
  Reservation reservation = in_status(room, expired);
  Moment later = stock_moment;
  later.now = reservation.expires_at + 2s;
  room.add(StockKind::product, "A", 5).created_at = later.now - 1s;
  reservation = confirm(room.stocks, reservation, order, later)->reservation;
  EXPECT_EQ(room.at("A"), "2/0/3");
  release(room.stocks, reservation, order, later);
  EXPECT_EQ(room.at("A"), "5/0/0");
}

TEST(Reservation, HoldsUntilItExpires) {
  StockRoom room;
  const Reservation held = in_status(room, reserved);
  EXPECT_EQ(held.expires_at, stock_moment.now + 5min);
  Moment moment = stock_moment;
  moment.now = held.expires_at - 1us;
  EXPECT_TRUE(expire(room.stocks, held, order, moment).events.empty());
  moment.now = held.expires_at;
  const auto over = expire(room.stocks, held, order, moment);
  ASSERT_EQ(over.events.size(), 1u);
  EXPECT_EQ(over.events[0].type, EventType::stock_released);
  EXPECT_THAT(over.events[0].data, HasSubstr(R"("reason":"expired")"));
}

TEST(Reservation, ReservesAllLinesOrNone) {
  StockRoom room;
  room.add(StockKind::product, "A", 10);
  room.add(StockKind::product, "B", 1);
  const auto refusal = reserve_in(room, {{"A", 3}, {"B", 2}});
  EXPECT_EQ(refusal.reservation.status, refused);
  EXPECT_EQ(room.at("A"), "10/0/0");
  EXPECT_EQ(room.at("B"), "1/0/0");
  ASSERT_EQ(refusal.events.size(), 1u);
  EXPECT_EQ(refusal.events[0].type, EventType::stock_refused);
  const auto taken = reserve_in(room, {{"A", 3}, {"B", 1}});
  EXPECT_EQ(taken.reservation.status, reserved);
  EXPECT_EQ(room.at("A"), "7/3/0");
  EXPECT_EQ(room.at("B"), "0/1/0");
}

TEST(Reservation, MergesLinesOfOneStock) {
  StockRoom room;
  room.add(StockKind::product, "A", 5);
  room.add(StockKind::product, "B", 5);
  EXPECT_EQ(reserve_in(room, {{"A", 3}, {"B", 1}, {"A", 3}}).reservation.status, refused) << "6 of 5";
  EXPECT_EQ(room.at("A"), "5/0/0");
  const auto taken = reserve_in(room, {{"B", 1}, {"A", 2}, {"A", 3}});
  EXPECT_EQ(taken.reservation.lines, (std::vector<ReservationLine>{{"A", 5}, {"B", 1}}));
  EXPECT_EQ(room.at("A"), "0/5/0");
}

TEST(Reservation, ARefusalNamesTheShortStock) {
  struct Row {
    StockKind kind;
    std::int64_t quantity;
    const char* reason;
  };
  for (const Row& row :
       {Row{StockKind::product, 3, "Insufficient stock of product A: 2 available, 3 wanted"},
        Row{StockKind::item, 3, "Insufficient stock of item A: 2 available, 3 wanted"},
        Row{StockKind::balance, 10050, "Insufficient balance of user A: 0.02 available, 100.50 wanted"},
        Row{StockKind::slots, 3, "Insufficient inventory slots of user A: 2 available, 3 wanted"}}) {
    StockRoom room;
    room.add(row.kind, "A", 2);
    const auto refusal = reserve_in(room, {{"A", row.quantity}}, row.kind);
    EXPECT_EQ(refusal.reservation.reason, row.reason);
    EXPECT_THAT(refusal.events[0].data, HasSubstr(row.reason));
    EXPECT_EQ(refusal.events[0].aggregate_type, aggregate_type_of(row.kind));
    EXPECT_EQ(reserve_in(room, {{"Z", 1}}, row.kind).reservation.status, refused);
  }
  StockRoom empty;
  EXPECT_EQ(reserve_in(empty, {{"Z", 1}}).reservation.reason, "there is no stock of product Z");
}

TEST(Reservation, OfManyForTheLastUnitOneSucceeds) {
  StockRoom room;
  room.add(StockKind::product, "A", 1);
  int got = 0;
  for (int i = 0; i < 100; ++i) got += reserve_in(room, {{"A", 1}}).reservation.status == reserved;
  EXPECT_EQ(got, 1);
  EXPECT_EQ(room.at("A"), "0/1/0");
}

TEST(Reservation, AnExpiredOneIsConfirmedOnlyIfThereIsEnough) {
  StockRoom room;
  const Reservation old = in_status(room, expired);
  EXPECT_EQ(reserve_in(room, {{"A", 8}}).reservation.status, reserved)
      << "another order may reserve the released units";
  const auto late = confirm(room.stocks, old, order, stock_moment);
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, ErrorCode::conflict);
  EXPECT_THAT(late.error().message, HasSubstr("2 available, 3 wanted"));
  EXPECT_EQ(room.at("A"), "2/8/0");
}

TEST(Reservation, EventsContainTheStocksCompleteHistory) {
  StockRoom room;
  room.add(StockKind::product, "A", 10);
  auto decision = reserve_in(room, {{"A", 4}});
  EXPECT_EQ(decision.events[0].type, EventType::stock_reserved);
  EXPECT_THAT(
      decision.events[0].data,
      HasSubstr(
          R"("items":[{"id":"A","productId":"A","quantity":4,"stockVersion":2,"available":6,"reserved":4,"sold":0}])"));
  EXPECT_EQ(decision.events[0].order, order);
  EXPECT_EQ(decision.events[0].aggregate, decision.reservation.id.uuid);
  decision = *confirm(room.stocks, decision.reservation, order, stock_moment);
  EXPECT_EQ(decision.events[0].type, EventType::stock_confirmed);
  EXPECT_THAT(decision.events[0].data, HasSubstr(R"("stockVersion":3,"available":6,"reserved":0,"sold":4)"));
  decision = release(room.stocks, decision.reservation, order, stock_moment);
  EXPECT_EQ(decision.events[0].type, EventType::stock_released);
  EXPECT_THAT(decision.events[0].data, HasSubstr(R"("stockVersion":4,"available":10,"reserved":0,"sold":0)"));
  EXPECT_EQ(decision.events[0].version, 3);
  EXPECT_EQ(room.stocks.find({StockKind::product, "A"})->node, "node-2");
}

TEST(Reservation, TheNextExpiryIsTheEarliestOfReservedOnes) {
  std::vector<Reservation> list(4);
  const ReservationStatus statuses[] = {reserved, confirmed, reserved, released};
  const std::int64_t times[] = {50, 10, 40, 20};
  for (std::size_t i = 0; i < list.size(); ++i) {
    list[i].status = statuses[i];
    list[i].expires_at = Timestamp{times[i]};
  }
  EXPECT_EQ(next_expiry(list), Timestamp{40});
  list[0].status = list[2].status = expired;
  EXPECT_EQ(next_expiry(list), std::nullopt);
  EXPECT_EQ(next_expiry({}), std::nullopt);
}

// Random changes: after each one the quantities balance and match the reservations.
TEST(Reservation, TheSumsAreRightAfterEveryChange) {
  Random random(7);
  StockRoom room;
  for (const char* id : {"A", "B", "C"}) room.add(StockKind::product, id, 10);
  std::vector<Reservation> all;
  Moment moment = stock_moment;
  for (int i = 0; i < 5'000; ++i) {
    moment.now = moment.now + 10s;
    Reservation* one = all.empty() ? nullptr : &all[random.below(all.size())];
    switch (one ? random.below(4) : 0) {
      case 0: {
        Reserve command;
        command.id = ReservationId{new_uuid()};
        command.order = order;
        for (const char* id : {"A", "B", "C", "A"})
          if (random.chance(0.4)) command.lines.push_back({id, 1 + static_cast<std::int64_t>(random.below(4))});
        all.push_back(reserve(room.stocks, command, moment).reservation);
        break;
      }
      case 1:
        if (auto done = confirm(room.stocks, *one, order, moment)) *one = done->reservation;
        break;
      case 2:
        *one = release(room.stocks, *one, order, moment).reservation;
        break;
      default:
        *one = expire(room.stocks, *one, order, moment).reservation;
    }
    for (const auto& [key, stock] : room.stocks.changes()) {
      std::int64_t held = 0, sold = 0;
      for (const Reservation& each : all)
        for (const ReservationLine& line : each.lines) {
          if (line.stock != key.id) continue;
          held += each.status == reserved ? line.quantity : 0;
          sold += each.status == confirmed ? line.quantity : 0;
        }
      ASSERT_TRUE(balances(stock)) << key.id << " in step " << i;
      ASSERT_EQ(stock.total, 10);
      ASSERT_EQ(stock.reserved, held) << key.id << " in step " << i;
      ASSERT_EQ(stock.sold, sold) << key.id << " in step " << i;
    }
  }
  EXPECT_GT(all.size(), 1'000u);
}

}  // namespace
}  // namespace sagactl
