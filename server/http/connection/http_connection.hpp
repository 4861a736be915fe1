// One connection: reads requests one after the other and answers them in order.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/connection/listener.hpp"
#include "server/http/connection/peer_process.hpp"
#include "server/http/connection/peer_stream.hpp"
#include "server/http/connection/request_reader.hpp"
#include "server/http/message/response.hpp"
#include "server/http/message/response_head.hpp"

namespace sagactl::http {

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  using Clock = std::chrono::steady_clock;

  HttpConnection(std::shared_ptr<Listener> listener, boost::asio::ip::tcp::socket socket);
  ~HttpConnection();

  // Serves until the client, a limit or a stop ends it. The coroutines own the connection.
  void start();
  // Answers 503 and closes: there are too many connections.
  void start_refusing();

  // Cancels the pending operation when its deadline has passed.
  void check_deadline(Clock::time_point now);
  // Completes the current request, or accepts one that arrives soon, and closes after its answer. Ends a stream.
  void begin_stop();
  void close_now();

  std::size_t slot = 0;  // its index in the listener

 private:
  enum class Phase { idle, reading, answering, writing, streaming, lingering };
  enum class ReadOutcome { request, closed, failed };
  template <class T>
  using Awaitable = boost::asio::awaitable<T>;

  Awaitable<void> serve();
  Awaitable<bool> secure();
  Awaitable<void> refuse();
  Awaitable<ReadOutcome> read_request();
  Awaitable<bool> read_some();
  Awaitable<bool> serve_one();
  Awaitable<Response> respond(Request& request);
  Awaitable<bool> write(const Response& response, const ResponseHead& head);
  Awaitable<bool> write_all(std::string_view first, std::string_view second = std::string_view(),
                            std::string_view third = std::string_view());
  Awaitable<void> send_stream(BodyStream& stream, bool chunked);
  Awaitable<void> watch_for_end(std::shared_ptr<BodyStream> stream);
  Awaitable<void> fail_request(int status, std::string_view reason);
  Awaitable<void> read_origin();
  Awaitable<void> linger();

  void prepare(Request& request);
  void enter_phase(Phase phase, std::chrono::milliseconds timeout);

  const std::shared_ptr<Listener> listener_;
  PeerStream peer_stream_;
  boost::asio::ip::address peer_;
  boost::asio::ip::tcp::endpoint own_;
  PeerProcess peer_process_;
  RequestReader reader_;
  std::string out_;  // the head, with a small body
  std::shared_ptr<BodyStream> stream_;
  Phase phase_ = Phase::idle;
  Clock::time_point deadline_ = Clock::time_point::max();
  bool timed_out_ = false;
};

}  // namespace sagactl::http
