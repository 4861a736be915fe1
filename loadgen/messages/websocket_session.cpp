#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <deque>

#include "httpclient/as_values.hpp"
#include "httpclient/client_connection.hpp"
#include "loadgen/messages/stream_session.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {

namespace net = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {

constexpr std::size_t websocket_message_max = 4u << 20;
constexpr int switching_protocols = 101;
constexpr auto handshake_time = 10s;  // for opening and for closing

using UpgradeHead = beast::http::request<beast::http::empty_body>;

// The head of an ordinary GET.
UpgradeHead parsed_head(const std::string& text) {
  beast::http::request_parser<beast::http::empty_body> parser;
  error_code failure;
  parser.put(net::buffer(text), failure);
  return parser.release();
}

// What the handshake itself writes.
bool is_of_handshake(beast::http::field name) {
  using Field = beast::http::field;
  return name == Field::host || name == Field::connection || name == Field::upgrade || name == Field::accept;
}

class WebsocketSession : public std::enable_shared_from_this<WebsocketSession> {
 public:
  WebsocketSession(const net::any_io_executor& executor, const StreamTarget& target, const std::string& request,
                   std::shared_ptr<OpenStream> stream)
      : executor_(executor),
        head_(parsed_head(request)),
        stream_(std::move(stream)),
        connection_(executor, target.url, target.tls.get(), target.proxy) {}

  void start() {
    const auto weak = weak_from_this();
    stream_->on_close([weak] {
      const auto self = weak.lock();
      if (self) net::post(self->executor_, [self] { self->close(); });
    });
    stream_->on_send([weak](std::string text) {
      const auto self = weak.lock();
      if (self) net::post(self->executor_, [self, text = std::move(text)]() mutable { self->send(std::move(text)); });
    });
    net::co_spawn(
        executor_, [self = shared_from_this()] { return self->run(); }, net::detached);
  }

 private:
  net::awaitable<void> run() {
    const Result<void> opened = co_await connection_.open();
    if (!opened) {
      stream_->ended(StepReport::End::lost, TransportFailure::no_connection, 0, opened.error().message);
      co_return;
    }
    if (ClientConnection::SecuredSocket* secured = connection_.secured()) {
      beast::websocket::stream<ClientConnection::SecuredSocket&> socket(*secured);
      co_await converse(socket);
    } else {
      beast::websocket::stream<ClientConnection::Socket&> socket(*connection_.plain());
      co_await converse(socket);
    }
    write_ = nullptr;
    end_ = nullptr;
    connection_.close();
  }

  template <class Websocket>
  net::awaitable<void> converse(Websocket& socket) {
    beast::websocket::stream_base::timeout limits{};
    limits.handshake_timeout = handshake_time;
    limits.idle_timeout = beast::websocket::stream_base::none();
    socket.set_option(limits);
    socket.read_message_max(websocket_message_max);
    socket.set_option(beast::websocket::stream_base::decorator([this](beast::websocket::request_type& request) {
      for (const auto& field : head_)
        if (!is_of_handshake(field.name())) request.insert(field.name_string(), field.value());
    }));
    beast::websocket::response_type response;
    const std::string host(head_[beast::http::field::host]), target(head_.target());
    auto [refused] = co_await socket.async_handshake(response, host, target, as_values);
    if (refused) {
      not_opened(refused, response);
      co_return;
    }
    begin_writing(socket);
    stream_->opened(switching_protocols);
    co_await read_all(socket);
  }

  template <class Websocket>
  net::awaitable<void> read_all(Websocket& socket) {
    beast::flat_buffer buffer;
    for (;;) {
      auto [ended, size] = co_await socket.async_read(buffer, as_values);
      if (ended) {
        not_going_on(ended, socket.reason());
        co_return;
      }
      ReceivedMessage message;
      message.at_ns = steady_ns();
      message.text = beast::buffers_to_string(buffer.data());
      buffer.consume(size);
      stream_->received(std::move(message));
    }
  }

  void not_opened(const error_code& refused, const beast::websocket::response_type& response) {
    const int status = static_cast<int>(response.result_int());
    if (refused == beast::websocket::error::upgrade_declined)
      return stream_->ended(StepReport::End::refused, TransportFailure::none, status,
                            fmt::format("HTTP {} in place of a WebSocket: {}", status, response.body()));
    const bool is_malformed = refused.category() == make_error_code(beast::http::error::bad_version).category() ||
                              refused.category() == make_error_code(beast::websocket::error::closed).category();
    stream_->ended(StepReport::End::lost, is_malformed ? TransportFailure::unreadable : TransportFailure::closed, 0,
                   network_reason(refused));
  }

  void not_going_on(const error_code& ended, const beast::websocket::close_reason& reason) {
    // The server may be gone before its closing is answered.
    if (ended == beast::websocket::error::closed || reason.code != beast::websocket::close_code::none)
      return stream_->ended(StepReport::End::refused, TransportFailure::none, 0,
                            fmt::format("the server closed the WebSocket: {} {}", static_cast<int>(reason.code),
                                        std::string_view(reason.reason.data(), reason.reason.size())));
    if (ended == beast::websocket::error::message_too_big)
      return stream_->ended(StepReport::End::refused, TransportFailure::none, 0, "a message is longer than 4 MiB");
    stream_->ended(StepReport::End::lost, TransportFailure::closed, 0, network_reason(ended));
  }

  // One write at a time. The socket may have ended when a write does.
  template <class Websocket>
  void begin_writing(Websocket& socket) {
    socket.text(true);
    write_ = [this, &socket] {
      is_writing_ = true;
      socket.async_write(
          net::buffer(out_.front()),
          [self = shared_from_this()](const error_code& failure, std::size_t) { self->written(failure); });
    };
    end_ = [this, &socket] {
      socket.async_close(beast::websocket::close_code::normal,
                         [self = shared_from_this()](const error_code&) { self->connection_.close(); });
    };
  }

  void written(const error_code& failure) {
    is_writing_ = false;
    out_.pop_front();
    if (failure) out_.clear();
    if (!out_.empty() && write_) write_();
  }

  void send(std::string text) {
    if (!write_) return;
    out_.push_back(std::move(text));
    if (!is_writing_) write_();
  }

  void close() {
    if (end_)
      end_();
    else
      connection_.close();
  }

  const net::any_io_executor executor_;
  const UpgradeHead head_;
  const std::shared_ptr<OpenStream> stream_;
  ClientConnection connection_;
  std::deque<std::string> out_;
  bool is_writing_ = false;
  std::function<void()> write_, end_;  // of the open socket; null: there is none
};

}  // namespace

void start_websocket(const net::any_io_executor& executor, const StreamTarget& target, std::string request,
                     std::shared_ptr<OpenStream> stream) {
  std::make_shared<WebsocketSession>(executor, target, request, std::move(stream))->start();
}

}  // namespace sagactl
