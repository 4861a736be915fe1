// What all streams of server-sent events have in common: they wait until there is something to send, send a comment
// when nothing else was for a while, and end when their user may not go on.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/message/response.hpp"

namespace sagactl::http {

// The first bytes of a stream: how many ms a browser waits before it connects again.
inline constexpr std::string_view stream_greeting = "retry: 2000\n\n";

// An event in the format of the wire; `id` may be empty, `data` may have several lines.
std::string event_text(std::string_view type, std::string_view data, std::string_view id = {});

class EventStream : public BodyStream, public std::enable_shared_from_this<EventStream> {
 public:
  struct Options {
    std::chrono::milliseconds heartbeat{15'000};  // a stream without other output for so long gets a comment
    // Asked once in a heartbeat, on the connection's thread; a stream ends when it says no. Null: it is not asked.
    std::function<bool()> may_go_on = nullptr;
  };

  boost::asio::awaitable<Piece> next() override;
  void close() override;

  // With the lock held, which the derived destructor has to take as well: so the executor exists. Any thread.
  void wake();

 protected:
  // `mutex` guards what the stream sends, and outlives it.
  EventStream(std::mutex& mutex, Options options);

  // What can be sent now, null when there is nothing; none at the end. Called with the lock held.
  virtual std::optional<Piece> take() = 0;

 private:
  // What to send now, or null; at the end `is_over` as well. Otherwise it waits for wake().
  Piece take_or_wait(bool heartbeat_due, std::chrono::steady_clock::time_point heartbeat_at,
                     const boost::asio::any_io_executor& executor, bool& is_over);
  bool is_allowed();

  std::mutex& mutex_;
  const Options options_;
  std::chrono::steady_clock::time_point ask_at_;
  // Guarded by the mutex, apart from waiting on the timer.
  std::optional<boost::asio::steady_timer> timer_;
  bool waiting_ = false;
  bool closed_ = false;
};

// The answer that has that stream as its body.
Response event_stream_response(std::shared_ptr<BodyStream> stream);

}  // namespace sagactl::http
