#include "tests/mutants/faulty_proxy.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <mutex>
#include <thread>

#include "common/money.hpp"
#include "common/text/json.hpp"
#include "tests/mutants/aim.hpp"

namespace sagactl::mutants {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

class FaultyProxy {
 public:
  FaultyProxy(std::uint16_t node_port, ProxyFault fault, std::uint64_t seed)
      : node_(asio::ip::address_v4::loopback(), node_port),
        acceptor_(io_, {asio::ip::address_v4::loopback(), 0}),
        fault_(fault),
        aim_(seed) {}

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  // Never returns. One thread for each connection.
  void run() {
    for (;;) {
      boost::system::error_code failure;
      auto client = std::make_shared<Tcp::socket>(io_);
      acceptor_.accept(*client, failure);
      if (!failure) std::thread([this, client] { serve(*client); }).detach();
    }
  }

 private:
  void serve(Tcp::socket& client) {
    boost::system::error_code failure;
    client.set_option(Tcp::no_delay(true), failure);
    Tcp::socket node(io_);
    node.connect(node_, failure);
    if (failure) return;
    node.set_option(Tcp::no_delay(true), failure);
    boost::beast::flat_buffer from_client, from_node;
    for (;;) {
      Request request;
      http::read(client, from_client, request, failure);
      if (failure) return;
      const bool tampered = is_order(request) && (fault_ == ProxyFault::mute || hits());
      Response response;
      if (!exchange(node, from_node, request, response)) return;
      if (tampered && !tamper(node, from_node, request, response)) return;
      http::write(client, response, failure);
      if (failure || !request.keep_alive()) return;
    }
  }

  static bool exchange(Tcp::socket& node, boost::beast::flat_buffer& buffer, const Request& request,
                       Response& response) {
    boost::system::error_code failure;
    http::write(node, request, failure);
    if (!failure) http::read(node, buffer, response, failure);
    return !failure;
  }

  // False: close the connection without an answer.
  bool tamper(Tcp::socket& node, boost::beast::flat_buffer& buffer, const Request& request, Response& response) {
    if (fault_ == ProxyFault::wrong_total) {
      Json body = Json::parse(response.body(), nullptr, false);
      if (body.contains("totalAmount")) body["totalAmount"] = 0.01;
      response.body() = body.dump();
      response.prepare_payload();
      return true;
    }
    if (fault_ == ProxyFault::mute) return false;
    Response second;
    return exchange(node, buffer, request, second) && fault_ != ProxyFault::sends_twice_silently;
  }

  static bool is_order(const Request& request) {
    return request.method() == http::verb::post && request.target() == "/orders";
  }
  bool hits() {
    const std::lock_guard lock(mutex_);
    return aim_.hits();
  }

  asio::io_context io_;
  const Tcp::endpoint node_;
  Tcp::acceptor acceptor_;
  const ProxyFault fault_;
  std::mutex mutex_;
  Aim aim_;
};

}  // namespace

Result<std::uint16_t> start_faulty_proxy(std::uint16_t node_port, ProxyFault fault, std::uint64_t seed) {
  try {
    auto proxy = std::make_shared<FaultyProxy>(node_port, fault, seed);
    const std::uint16_t port = proxy->port();
    std::thread([proxy] { proxy->run(); }).detach();
    return port;
  } catch (const boost::system::system_error& failure) {
    return Error{ErrorCode::unavailable, failure.what()};
  }
}

}  // namespace sagactl::mutants
