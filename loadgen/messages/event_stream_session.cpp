#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "common/text/text.hpp"
#include "httpclient/as_values.hpp"
#include "httpclient/client_connection.hpp"
#include "httpclient/event_stream.hpp"
#include "httpclient/http_exchange.hpp"
#include "loadgen/messages/stream_session.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {

namespace net = boost::asio;
using boost::system::error_code;

namespace {

constexpr Duration retry_default = 3s;  // "a few seconds"
constexpr int status_ok = 200;

class EventStreamSession : public std::enable_shared_from_this<EventStreamSession> {
 public:
  EventStreamSession(const net::any_io_executor& executor, const StreamTarget& target, std::string request,
                     std::shared_ptr<OpenStream> stream)
      : executor_(executor),
        target_(target),
        head_(std::move(request)),
        stream_(std::move(stream)),
        timer_(executor),
        connection_(connect()) {}

  void start() {
    stream_->on_close([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self) net::post(self->executor_, [self] { self->close(); });
    });
    net::co_spawn(
        executor_, [self = shared_from_this()] { return self->run(); }, net::detached);
  }

 private:
  std::unique_ptr<ClientConnection> connect() const {
    return std::make_unique<ClientConnection>(executor_, target_.url, target_.tls.get(), target_.proxy);
  }

  void close() {
    connection_->close();
    timer_.cancel();
  }

  net::awaitable<void> run() {
    for (;;) {
      const bool connects_again = co_await follow();
      if (!connects_again || stream_->is_closed()) co_return;
      timer_.expires_after(events_.retry().value_or(retry_default));
      co_await timer_.async_wait(as_values);
      if (stream_->is_closed()) co_return;
      events_.restart();
      connection_ = connect();
    }
  }

  // One connection, until it ends: whether there is to be another.
  net::awaitable<bool> follow() {
    const Result<void> opened = co_await connection_->open();
    if (!opened) co_return lost(TransportFailure::no_connection, opened.error());
    const std::string text = request();
    const net::const_buffer bytes = net::buffer(text);
    const ClientConnection::Transferred written = co_await connection_->write(bytes);
    ResponseReader reader(*connection_, request_, target_.url, std::nullopt);
    error_code failure = written.failure;
    if (!failure) failure = co_await reader.read_head();
    if (failure) co_return lost(TransportFailure::closed, reader.error_of(failure));
    const std::string type = lower(reader.header("Content-Type"));
    const bool is_stream = reader.status() == status_ok && type.starts_with("text/event-stream");
    if (!is_stream) {
      co_await reader.read_some_body();  // for the message, as far as it came
      co_return refused(reader.status(), fmt::format("HTTP {} {} {}", reader.status(), type, reader.take_body()));
    }
    was_open_ = true;
    stream_->opened(status_ok);
    while (!failure) {
      const std::string body = reader.take_body();
      if (!take(body)) co_return false;
      if (reader.is_complete()) co_return true;
      failure = co_await reader.read_some_body();
    }
    co_return true;
  }

  // Whether more is wanted.
  bool take(std::string_view bytes) {
    const Result<bool> wants_more = events_.feed(bytes, [this](const ServerSentEvent& event) {
      ReceivedMessage message;
      message.at_ns = steady_ns();
      message.event = event.event;
      message.text = event.data;
      stream_->received(std::move(message));
      return !stream_->is_closed();
    });
    if (!wants_more) return refused(status_ok, wants_more.error().message);
    return *wants_more;
  }

  std::string request() const {
    std::string text = head_;
    const std::string& id = events_.last_event_id();
    if (!id.empty()) text.insert(text.size() - 2, fmt::format("Last-Event-ID: {}\r\n", id));
    return text;
  }

  bool refused(int status, std::string why) {
    stream_->ended(StepReport::End::refused, TransportFailure::none, status, std::move(why));
    return false;
  }

  // A stream that was open is connected again until it is closed.
  bool lost(TransportFailure failure, const Error& error) {
    if (!was_open_) stream_->ended(StepReport::End::lost, failure, 0, error.message);
    return was_open_;
  }

  const net::any_io_executor executor_;
  const StreamTarget& target_;
  const std::string head_;
  const HttpRequest request_;  // what errors call it
  const std::shared_ptr<OpenStream> stream_;
  net::steady_timer timer_;
  std::unique_ptr<ClientConnection> connection_;
  EventStream events_;
  bool was_open_ = false;
};

}  // namespace

void start_event_stream(const net::any_io_executor& executor, const StreamTarget& target, std::string request,
                        std::shared_ptr<OpenStream> stream) {
  std::make_shared<EventStreamSession>(executor, target, std::move(request), std::move(stream))->start();
}

}  // namespace sagactl
