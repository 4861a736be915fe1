// What open pages follow, by a clock that stands still, without a node.
#include "server/api/pages/live_views.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <set>

#include "server/adapters/simulated/simulated_clock.hpp"

namespace sagactl::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LiveViewsTest : public testing::Test {
 protected:
  struct ReadView {
    std::string says = "1";
    int times = 0;
    Duration takes{};
    bool fails = false;
  };

  LiveViews::Source source(const std::string& name) {
    auto read = [this, name]() -> Result<std::string> {
      ReadView& view = read_[name];
      ++view.times;
      clock_.advance(view.takes);
      if (view.fails) return Error{ErrorCode::unavailable, "no database"};
      return view.says;
    };
    return {name, name, std::move(read)};
  }

  std::shared_ptr<http::BodyStream> follow(const std::vector<std::string>& names) {
    std::vector<LiveViews::Source> sources;
    for (const std::string& name : names) sources.push_back(source(name));
    auto response = views_->subscribe(std::move(sources), nullptr);
    return response ? response->stream : nullptr;
  }

  // What the stream has to send now, without its greeting; it ends when nothing is left.
  std::vector<std::string> sent(const std::shared_ptr<http::BodyStream>& stream) {
    std::vector<std::string> pieces;
    boost::asio::io_context io;
    auto listen = [&]() -> boost::asio::awaitable<void> {
      while (auto piece = co_await stream->next()) pieces.push_back(*piece);
    };
    boost::asio::co_spawn(io, listen, boost::asio::detached);
    io.poll();
    stream->close();
    io.restart();
    io.poll();
    if (pieces.empty() || !pieces.front().starts_with(http::stream_greeting)) return pieces;
    pieces.front().erase(0, http::stream_greeting.size());
    if (pieces.front().empty()) pieces.erase(pieces.begin());
    return pieces;
  }

  // Reads all that is due for so long.
  void read_for(Duration time) {
    const SteadyTime end = clock_.steady() + time;
    while (clock_.steady() < end) clock_.advance(std::min(views_->read_due(), end - clock_.steady()));
  }

  static std::string event(const std::string& type, const std::string& data) { return http::event_text(type, data); }

  SimulatedClock clock_;
  std::map<std::string, ReadView> read_;
  std::shared_ptr<LiveViews> views_ = LiveViews::make(clock_);
};

TEST_F(LiveViewsTest, AreReadOncePerSecondHoweverManyLook) {
  std::vector<std::shared_ptr<http::BodyStream>> streams;
  for (int i = 0; i < 10; ++i) streams.push_back(follow({"list"}));
  read_for(5s);
  EXPECT_EQ(read_["list"].times, 5);
  for (const auto& stream : streams) EXPECT_THAT(sent(stream), ElementsAre(event("list", "1")));
}

TEST_F(LiveViewsTest, AreSentToAllOfManyStreams) {
  std::vector<std::shared_ptr<http::BodyStream>> streams;
  std::vector<http::BodyStream::Piece> pieces;
  boost::asio::io_context io;
  for (int i = 0; i < 100; ++i) {
    streams.push_back(follow({"list"}));
    auto listen = [&pieces, stream = streams.back()]() -> boost::asio::awaitable<void> {
      while (auto piece = co_await stream->next()) pieces.push_back(piece);
    };
    boost::asio::co_spawn(io, std::move(listen), boost::asio::detached);
  }
  io.poll();
  pieces.clear();  // the greetings
  const auto count = [&] {
    return std::count_if(pieces.begin(), pieces.end(), [](const auto& piece) { return *piece == event("list", "1"); });
  };
  (void)views_->read_due();
  io.restart();
  io.poll();
  EXPECT_LT(count(), 100) << "not all at the same time";
  read_for(900ms);
  io.restart();
  io.poll();
  EXPECT_EQ(count(), 100);
  EXPECT_EQ(std::set(pieces.begin(), pieces.end()).size(), 1u) << "one text in memory, not one for each";
  views_->stop();
  io.restart();
  io.run();
}

TEST_F(LiveViewsTest, AreSentWhenTheyHaveChanged) {
  const auto stream = follow({"list", "statistics"});
  read_["list"].says = "1";
  read_for(3s);
  read_["statistics"].says = "2";
  read_for(1s);
  // What was not taken meanwhile is not kept: the newest counts.
  EXPECT_THAT(sent(stream), ElementsAre(event("list", "1"), event("statistics", "2")));
}

TEST_F(LiveViewsTest, AreSentOnceWhileNothingChanges) {
  const auto stream = follow({"list"});
  std::vector<std::string> pieces;
  boost::asio::io_context io;
  auto listen = [&]() -> boost::asio::awaitable<void> {
    while (auto piece = co_await stream->next()) pieces.push_back(*piece);
  };
  boost::asio::co_spawn(io, listen, boost::asio::detached);
  const auto pass = [&](Duration time) {
    read_for(time);
    io.restart();
    io.poll();
  };
  io.poll();
  pass(1s);
  pass(3s);
  EXPECT_THAT(pieces, ElementsAre(http::stream_greeting, event("list", "1")));
  read_["list"].says = "2";
  pass(1s);
  EXPECT_THAT(pieces, ElementsAre(http::stream_greeting, event("list", "1"), event("list", "2")));
  views_->stop();
  io.restart();
  io.run();
}

TEST_F(LiveViewsTest, AreSentToWhoComesLaterAsTheyAreThen) {
  const auto first = follow({"list"});
  read_for(1s);
  const auto second = follow({"list"});
  EXPECT_THAT(sent(second), IsEmpty()) << "what was read before may be older than what the page has";
  const auto third = follow({"list"});
  read_for(1s);
  EXPECT_THAT(sent(third), ElementsAre(event("list", "1")));
}

TEST_F(LiveViewsTest, AreNotReadWhileNobodyLooks) {
  follow({"list"});
  read_for(10s);
  EXPECT_EQ(read_["list"].times, 0);
}

TEST_F(LiveViewsTest, ThatTakeLongAreReadLessOften) {
  read_["slow"].takes = 500ms;
  const auto stream = follow({"slow", "list"});
  read_for(60s);
  EXPECT_LE(read_["slow"].times, 7);
  EXPECT_GE(read_["slow"].times, 5);
  EXPECT_GE(read_["list"].times, 40) << "the others are read as before, apart from while it is read";
  EXPECT_FALSE(sent(stream).empty());
}

TEST_F(LiveViewsTest, TakeAtMostAFifthOfAProcessor) {
  std::vector<std::string> names;
  for (int i = 0; i < 50; ++i) names.push_back("list " + std::to_string(i));
  for (const std::string& name : names) read_[name].takes = 10ms;
  const auto stream = follow(names);
  read_for(60s);
  int times = 0;
  for (const auto& [name, view] : read_) {
    times += view.times;
    EXPECT_GE(view.times, 20) << name;
  }
  EXPECT_LE(times * 10ms, 60s / 5 + 10ms);
  EXPECT_FALSE(sent(stream).empty());
}

TEST_F(LiveViewsTest, ThatCannotBeReadAreSaidToHaveFailed) {
  read_["list"].fails = true;
  const auto stream = follow({"list"});
  read_for(3s);
  EXPECT_THAT(sent(stream), ElementsAre(event("failed", "{}")));
}

TEST_F(LiveViewsTest, EndWithTheNode) {
  const auto stream = follow({"list"});
  views_->stop();
  EXPECT_THAT(sent(stream), IsEmpty());
  EXPECT_EQ(follow({"list"}), nullptr);
}

TEST_F(LiveViewsTest, HaveALimitOfStreams) {
  std::vector<std::shared_ptr<http::BodyStream>> streams;
  for (std::size_t i = 0; i < LiveViews::streams_max; ++i) streams.push_back(follow({"list"}));
  EXPECT_NE(streams.back(), nullptr);
  EXPECT_EQ(follow({"list"}), nullptr);
  streams.pop_back();
  EXPECT_NE(follow({"list"}), nullptr);
}

}  // namespace
}  // namespace sagactl::api
