#include "loadgen/faults/proxy/proxy_session.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

namespace sagactl {

namespace net = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::uint64_t slices_per_second = 20;

void reset_socket(ProxySocket& socket) {
  error_code ignored;
  socket.set_option(net::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

void send_at_once(ProxySocket& socket) {
  error_code ignored;  // a Unix socket has no such option
  socket.set_option(net::ip::tcp::no_delay(true), ignored);
}

}  // namespace

ProxySession::ProxySession(ProxySurroundings& surroundings, ProxySocket client, ProxyEndpoint server,
                           std::size_t target)
    : surroundings_(surroundings),
      client_(std::move(client)),
      server_(client_.get_executor()),
      server_endpoint_(std::move(server)),
      target_(target),
      up_timer_(client_.get_executor()),
      down_timer_(client_.get_executor()) {
  send_at_once(client_);
}

void ProxySession::cut() {
  is_cut_ = true;
  reset_socket(client_);
  reset_socket(server_);
  up_timer_.cancel();
  down_timer_.cancel();
}

void ProxySession::close_orderly() {
  error_code ignored;
  client_.close(ignored);
  server_.close(ignored);
}

net::awaitable<bool> ProxySession::connect_to_server() {
  auto [failure] = co_await server_.async_connect(server_endpoint_, as_values);
  if (failure || is_cut_) co_return false;
  send_at_once(server_);
  co_return true;
}

net::awaitable<bool> ProxySession::wait(Duration time, net::steady_timer& timer) {
  timer.expires_after(time);
  auto [ended] = co_await timer.async_wait(as_values);
  (void)ended;
  co_return !is_cut_;
}

net::awaitable<bool> ProxySession::write_paced(ProxySocket& socket, std::string_view bytes, net::steady_timer& timer) {
  while (!bytes.empty()) {
    const std::uint64_t rate = surroundings_.choices.rate(target_, surroundings_.now());
    const std::uint64_t slice = std::max<std::uint64_t>(1, rate / slices_per_second);
    const std::size_t size = rate == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), slice);
    const net::const_buffer piece = net::buffer(bytes.data(), size);
    auto [failure, written] = co_await net::async_write(socket, piece, as_values);
    if (failure || is_cut_) co_return false;
    bytes.remove_prefix(written);
    if (rate == 0) continue;
    const Duration taken(static_cast<std::int64_t>(size * 1'000'000 / rate));
    const bool goes_on = co_await wait(taken, timer);
    if (!goes_on) co_return false;
  }
  co_return true;
}

namespace {

class ByteSession final : public ProxySession {
 public:
  using ProxySession::ProxySession;

  net::awaitable<void> serve() override {
    const bool connected = co_await connect_to_server();
    if (!connected) {
      cut();
      co_return;
    }
    const auto self = std::static_pointer_cast<ByteSession>(shared_from_this());
    net::co_spawn(client_.get_executor(), answers(self), net::detached);
    co_await move(client_, server_, up_timer_, true);
    if (!answers_ended_ && !is_cut_) {
      down_timer_.expires_at(net::steady_timer::time_point::max());
      auto [ended] = co_await down_timer_.async_wait(as_values);
      (void)ended;
    }
    close_orderly();
  }

 private:
  net::awaitable<void> answers(std::shared_ptr<ByteSession> self) {  // which this keeps
    co_await self->move(self->server_, self->client_, self->down_timer_, false);
    self->answers_ended_ = true;
    self->down_timer_.cancel();
  }

  net::awaitable<void> move(ProxySocket& from, ProxySocket& to, net::steady_timer& timer, bool is_up) {
    std::string piece(piece_size, '\0');
    for (;;) {
      const net::mutable_buffer space = net::buffer(piece);
      auto [failure, size] = co_await from.async_read_some(space, as_values);
      if (failure == net::error::eof && !is_cut_) {
        error_code ignored;
        to.shutdown(net::socket_base::shutdown_send, ignored);
        co_return;
      }
      if (failure || is_cut_) break;
      const Duration delay = is_up ? surroundings_.choices.delay_of_piece(target_, surroundings_.now()) : Duration{0};
      if (delay > Duration{0}) {
        const bool goes_on = co_await wait(delay, timer);
        if (!goes_on) break;
      }
      const std::string_view bytes(piece.data(), size);
      const bool written = co_await write_paced(to, bytes, timer);
      if (!written) break;
    }
    cut();
  }

  bool answers_ended_ = false;
};

}  // namespace

std::shared_ptr<ProxySession> make_byte_session(ProxySurroundings& surroundings, ProxySocket client,
                                                ProxyEndpoint server, std::size_t target) {
  return std::make_shared<ByteSession>(surroundings, std::move(client), std::move(server), target);
}

}  // namespace sagactl
