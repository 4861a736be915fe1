#include "tests/cli/support/fake_node.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <deque>
#include <mutex>
#include <thread>

namespace sagactl {

namespace net = boost::asio;
namespace http = boost::beast::http;
using net::ip::tcp;

class FakeNode::HttpListener {
 public:
  HttpListener() : acceptor_(context_, {net::ip::address_v4::loopback(), 0}) {
    net::co_spawn(context_, accept(), net::detached);
    thread_ = std::thread([this] { context_.run(); });
  }
  ~HttpListener() {
    context_.stop();
    thread_.join();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }

  void answer(const std::string& request, int status, const Json& body) {
    const std::scoped_lock lock(mutex_);
    answers_[request].emplace_back(status, body.dump());
  }
  std::vector<SeenRequest> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  using Request = http::request<http::string_body>;
  using Response = http::response<http::string_body>;

  net::awaitable<void> accept() {
    for (;;) {
      tcp::socket socket = co_await acceptor_.async_accept(net::use_awaitable);
      net::co_spawn(context_, serve(std::move(socket)), net::detached);
    }
  }

  net::awaitable<void> serve(tcp::socket socket) {
    boost::beast::flat_buffer buffer;
    for (;;) {
      Request request;
      boost::system::error_code failure;
      co_await http::async_read(socket, buffer, request, net::redirect_error(net::use_awaitable, failure));
      if (failure) co_return;
      Response response = respond(request);
      co_await http::async_write(socket, response, net::redirect_error(net::use_awaitable, failure));
      if (failure) co_return;
    }
  }

  Response respond(const Request& request) {
    const std::scoped_lock lock(mutex_);
    const std::string method(request.method_string()), path(request.target());
    std::string token(request[http::field::authorization]);
    if (token.starts_with("Bearer ")) token.erase(0, 7);
    requests_.push_back({method, path, token, Json::parse(request.body(), nullptr, false)});
    Response response{http::status::not_found, 11};
    response.body() = R"({"statusCode":404,"message":"Cannot )" + method + " " + path + R"("})";
    auto& planned = answers_[method + " " + path];
    if (!planned.empty()) {
      response.result(static_cast<unsigned>(planned.front().first));
      response.body() = planned.front().second;
      if (planned.size() > 1) planned.pop_front();
    }
    response.set(http::field::content_type, "application/json");
    response.keep_alive(request.keep_alive());
    response.prepare_payload();
    return response;
  }

  net::io_context context_{1};
  tcp::acceptor acceptor_;
  mutable std::mutex mutex_;
  std::map<std::string, std::deque<std::pair<int, std::string>>> answers_;
  std::vector<SeenRequest> requests_;
  std::thread thread_;
};

FakeNode::FakeNode() : server_(std::make_unique<HttpListener>()) {}
FakeNode::~FakeNode() = default;
std::string FakeNode::url() const {
  return server_->url();
}
void FakeNode::answer(const std::string& request, int status, const Json& body) {
  server_->answer(request, status, body);
}
std::vector<SeenRequest> FakeNode::requests() const {
  return server_->requests();
}

}  // namespace sagactl
