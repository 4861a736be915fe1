// Plain HTTP/1.1 through the proxy.
#include <fmt/format.h>

#include <boost/beast/http/status.hpp>
#include <optional>

#include "httpclient/answer_reader.hpp"
#include "loadgen/faults/proxy/proxy_session.hpp"
#include "loadgen/faults/proxy/request_framing.hpp"

namespace sagactl {

namespace net = boost::asio;
using boost::system::error_code;

namespace {

std::string answer_of_proxy(int status) {
  constexpr std::string_view body = R"({"message":"answered by the proxy of sagactl loadtest in place of the server"})";
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", status,
                     std::string_view(reason.data(), reason.size()), body.size(), body);
}

// A request that the server gets a second time, over a connection of its own. Its answer is read and dropped.
class DuplicateSession final : public ProxySession {
 public:
  DuplicateSession(ProxySurroundings& surroundings, const net::any_io_executor& executor, ProxyEndpoint server,
                   std::size_t target, std::string request, std::size_t fault)
      : ProxySession(surroundings, ProxySocket(executor), std::move(server), target),
        request_(std::move(request)),
        fault_(fault) {}

  bool is_of_client() const override { return false; }

  net::awaitable<void> serve() override {
    bool goes_on = co_await connect_to_server();
    if (goes_on) goes_on = co_await write_paced(server_, request_, up_timer_);
    if (goes_on) surroundings_.choices.count_changed(fault_);
    AnswerReader reader(0);
    reader.reset();
    std::string piece(piece_size, '\0');
    while (goes_on) {
      const net::mutable_buffer space = net::buffer(piece);
      auto [failure, size] = co_await server_.async_read_some(space, as_values);
      goes_on = !failure && reader.feed(std::string_view(piece.data(), size)) == AnswerState::more;
    }
    close_orderly();
  }

 private:
  const std::string request_;
  const std::size_t fault_;
};

class HttpSession final : public ProxySession {
 public:
  using ProxySession::ProxySession;

  net::awaitable<void> serve() override {
    bool goes_on = co_await connect_to_server();
    if (!goes_on) cut();  // as a server that nobody can connect to would
    while (goes_on) goes_on = co_await one_exchange();
  }

 private:
  // Whether another may follow on the same connections.
  net::awaitable<bool> one_exchange() {
    const std::optional<std::string> request = co_await read_request();
    if (!request) co_return false;
    const RequestTreatment treatment = surroundings_.choices.of_request(target_, surroundings_.now());
    if (treatment.delay > Duration{0}) {
      const bool goes_on = co_await wait(treatment.delay, up_timer_);
      if (!goes_on) co_return false;
    }
    if (treatment.cut) {
      cut();
      co_return false;
    }
    if (treatment.answer != 0) {
      const std::string answer = answer_of_proxy(treatment.answer);
      const bool written = co_await write_paced(client_, answer, down_timer_);
      co_return written;
    }
    const bool sent = co_await write_paced(server_, *request, up_timer_);
    if (!sent) {
      close_orderly();
      co_return false;
    }
    const bool goes_on = co_await relay_answer(treatment);
    // Once the server has answered: so the client has the answer to the first, and knows what that did.
    if (treatment.duplicate)
      surroundings_.start(std::make_shared<DuplicateSession>(surroundings_, client_.get_executor(), server_endpoint_,
                                                             target_, *request, *treatment.duplicate));
    co_return goes_on;
  }

  // Nothing when the connection is over. While it waits the server may close its own, as an idle one: the client then
  // sees the same.
  net::awaitable<std::optional<std::string>> read_request() {
    watch(server_);
    std::string piece(piece_size, '\0');
    RequestFraming framing = frame_request(received_);
    while (framing.state == RequestFraming::State::more) {
      const net::mutable_buffer space = net::buffer(piece);
      auto [failure, size] = co_await client_.async_read_some(space, as_values);
      if (failure || is_cut_) break;
      received_.append(piece.data(), size);
      framing = frame_request(received_);
    }
    unwatch(server_);
    if (framing.state == RequestFraming::State::complete && !is_cut_) {
      std::string request = received_.substr(0, framing.size);
      received_.erase(0, framing.size);
      co_return request;
    }
    close_orderly();
    co_return std::nullopt;
  }

  // While it waits the client may give up: the server then sees the same.
  net::awaitable<bool> relay_answer(RequestTreatment treatment) {
    watch(client_);
    AnswerReader reader(0);
    reader.reset();
    AnswerState state = AnswerState::more;
    bool is_over = false;
    std::string piece(piece_size, '\0');
    while (state != AnswerState::done && !is_over) {
      const net::mutable_buffer space = net::buffer(piece);
      auto [failure, size] = co_await server_.async_read_some(space, as_values);
      is_over = failure || is_cut_;
      if (is_over) {
        if (failure == net::error::eof && state == AnswerState::more) state = reader.end();
        break;
      }
      const std::string_view bytes(piece.data(), size);
      if (state == AnswerState::more) state = reader.feed(bytes);
      // Before the client has all of it: its next request is no sign that it gave up.
      if (state == AnswerState::done) unwatch(client_);
      if (treatment.cut_answer) continue;
      const bool written = co_await write_paced(client_, bytes, down_timer_);
      is_over = !written;
    }
    unwatch(client_);
    const bool is_complete = state == AnswerState::done;
    if (treatment.cut_answer) {
      if (is_complete) surroundings_.choices.count_changed(*treatment.cut_answer);
      cut();
      co_return false;
    }
    if (is_complete && !is_over && reader.keeps_alive()) co_return true;
    close_orderly();
    co_return false;
  }

  // Closes both when the socket, from which nothing is expected, is closed at its other end.
  void watch(ProxySocket& socket) {
    const auto self = std::static_pointer_cast<HttpSession>(shared_from_this());
    socket.async_wait(net::socket_base::wait_read, [self, turn = turn_](const error_code& failure) {
      if (!failure && turn == self->turn_) self->close_orderly();
    });
  }
  void unwatch(ProxySocket& socket) {
    ++turn_;
    error_code ignored;
    socket.cancel(ignored);
  }

  std::string received_;    // of the client, and not yet taken
  std::uint64_t turn_ = 0;  // of the watch that counts
};

}  // namespace

std::shared_ptr<ProxySession> make_http_session(ProxySurroundings& surroundings, ProxySocket client,
                                                ProxyEndpoint server, std::size_t target) {
  return std::make_shared<HttpSession>(surroundings, std::move(client), std::move(server), target);
}

}  // namespace sagactl
