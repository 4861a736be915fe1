#include "server/http/server.hpp"

#include <boost/asio/post.hpp>

#include "server/http/connection/listener.hpp"

namespace sagactl::http {

Result<std::unique_ptr<Server>> Server::listen(boost::asio::io_context& context, ServerOptions options,
                                               std::shared_ptr<const Router> router, std::shared_ptr<Metrics> metrics) {
  auto listener = std::make_shared<Listener>(context, std::move(options), std::move(router), std::move(metrics));
  if (auto opened = listener->open(); !opened) return opened.error();
  listener->start();
  return std::unique_ptr<Server>(new Server(std::move(listener)));
}

Server::Server(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}

Server::~Server() {
  stop(std::chrono::milliseconds(0), {});
}

std::uint16_t Server::port() const {
  return listener_->port();
}

void Server::stop(std::chrono::milliseconds grace, std::function<void()> stopped) {
  boost::asio::post(listener_->context(), [listener = listener_, grace, done = std::move(stopped)]() mutable {
    listener->stop(grace, std::move(done));
  });
}

}  // namespace sagactl::http
