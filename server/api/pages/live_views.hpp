// What open pages of the dashboard show, kept up to date. A view is one part of a page, such as a page of the list by
// a filter: while anybody looks at it, it is read once a second, and sent to all who look at it when it has changed. So
// a page costs a node the same whatever the number of events, and many pages of one view cost it as much as one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/steady_time.hpp"
#include "server/http/event_stream.hpp"
#include "server/ports/clock.hpp"

namespace sagactl::api {

class LiveViews : public std::enable_shared_from_this<LiveViews> {
 public:
  static constexpr std::size_t streams_max = 2000;
  static constexpr Duration read_every = 1s;
  // A view that takes long to be read is read less often; and the thread that reads them rests after each, so that it
  // needs at most a fifth of a processor however many there are.
  static constexpr int rests_of_view = 20, rests_of_thread = 4;

  struct Source {
    std::string key;                            // the same of sources that read the same
    std::string event;                          // the type of the event that it is sent as
    std::function<Result<std::string>()> read;  // JSON; on the thread of read_due(), blocks on the database
  };

  // The clock outlives the last call of read_due() and subscribe().
  static std::shared_ptr<LiveViews> make(Clock& clock);

  // `wake` has read_due() called soon. Before the first stream.
  void when_wanted(std::function<void()> wake) { wake_ = std::move(wake); }

  // A stream of these views: each is sent as it is now, and again when it has changed. One that cannot be read is an
  // event `failed`. `busy` when there are too many streams, `unavailable` when the node stops. The stream ends when
  // `may_go_on` says no, as in http::EventStream.
  Result<http::Response> subscribe(std::vector<Source> sources, std::function<bool()> may_go_on);

  // Reads the view that is due first, if any; returns how long there is nothing to read. Calls are made one at a time.
  Duration read_due();

  void stop();  // ends all streams; any thread

 private:
  class Stream;
  struct View {
    Source source;
    http::BodyStream::Piece piece;  // in the format of the wire, as it was sent last; null: not read yet
    std::uint64_t version = 0;      // of the piece
    SteadyTime due_at{};
    bool is_awaited = true;  // somebody has to be sent it, whether or not it has changed
  };

  explicit LiveViews(Clock& clock) : clock_(clock) {}
  std::shared_ptr<View> view_of(Source source);  // with the lock held
  std::shared_ptr<View> first_due();             // the same; null: nobody looks
  void remove(Stream* stream);

  Clock& clock_;
  std::function<void()> wake_ = [] {};
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<View>> views_;  // by key; each is kept by the streams that show it
  std::vector<Stream*> streams_;
  SteadyTime rests_until_{};
  bool stopped_ = false;
};

}  // namespace sagactl::api
