#include "server/http/event_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace sagactl::http {
namespace asio = boost::asio;
namespace {

void append_line(std::string& out, std::string_view field, std::string_view value) {
  out += field;
  out += ": ";
  for (const char c : value) out += c == '\n' || c == '\r' ? ' ' : c;
  out += '\n';
}

}  // namespace

// The format has one field for each line of the data.
std::string event_text(std::string_view type, std::string_view data, std::string_view id) {
  std::string out;
  out.reserve(data.size() + type.size() + id.size() + 32);
  if (!id.empty()) append_line(out, "id", id);
  append_line(out, "event", type);
  for (;;) {
    const std::size_t end = data.find('\n');
    append_line(out, "data", data.substr(0, end));
    if (end == data.npos) break;
    data.remove_prefix(end + 1);
  }
  out += '\n';
  return out;
}

EventStream::EventStream(std::mutex& mutex, Options options)
    : mutex_(mutex),
      options_(std::move(options)),
      ask_at_(asio::steady_timer::clock_type::now() + options_.heartbeat) {}

asio::awaitable<BodyStream::Piece> EventStream::next() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  // Counts from the last piece that was sent: events for others do not keep a connection alive.
  const auto heartbeat_at = asio::steady_timer::clock_type::now() + options_.heartbeat;
  bool heartbeat_due = false;
  for (;;) {
    bool is_over = !is_allowed();
    if (is_over) co_return nullptr;
    Piece piece = take_or_wait(heartbeat_due, heartbeat_at, executor, is_over);
    if (piece || is_over) co_return piece;
    // A wake-up before this line is posted to this executor, so it runs after the wait has started.
    (void)co_await timer_->async_wait(asio::as_tuple(asio::use_awaitable));
    heartbeat_due = asio::steady_timer::clock_type::now() >= heartbeat_at;
  }
}

BodyStream::Piece EventStream::take_or_wait(bool heartbeat_due, std::chrono::steady_clock::time_point heartbeat_at,
                                            const asio::any_io_executor& executor, bool& is_over) {
  static const Piece heartbeat = std::make_shared<const std::string>(": heartbeat\n\n");
  const std::lock_guard lock(mutex_);
  waiting_ = false;
  std::optional<Piece> piece;
  if (!closed_) piece = take();
  is_over = !piece;
  if (!piece) return nullptr;
  if (*piece) return *piece;
  if (heartbeat_due) return heartbeat;
  if (!timer_) timer_.emplace(executor);
  timer_->expires_at(heartbeat_at);
  waiting_ = true;
  return nullptr;
}

void EventStream::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  if (timer_) timer_->cancel();
}

void EventStream::wake() {
  if (!std::exchange(waiting_, false)) return;
  auto self = weak_from_this().lock();
  if (!self) return;  // being destroyed
  asio::post(timer_->get_executor(), [self = std::move(self)] { self->timer_->cancel(); });
}

// Asked again when a heartbeat's time has passed.
bool EventStream::is_allowed() {
  const auto now = asio::steady_timer::clock_type::now();
  if (!options_.may_go_on || now < ask_at_) return true;
  ask_at_ = now + options_.heartbeat;
  return options_.may_go_on();
}

Response event_stream_response(std::shared_ptr<BodyStream> stream) {
  Response response;
  response.content_type = media::events;
  response.headers.push_back({"Cache-Control", "no-store"});
  response.headers.push_back({"X-Accel-Buffering", "no"});  // else nginx buffers events
  response.stream = std::move(stream);
  return response;
}

}  // namespace sagactl::http
