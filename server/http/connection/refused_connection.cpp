#include "server/http/connection/refused_connection.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace sagactl::http {
namespace {

const std::string& refusal_text() {
  static const std::string text = [] {
    const std::string body =
        R"({"type":"urn:sagactl:problem:unavailable","title":"Service Unavailable","status":503,)"
        R"("detail":"the node has reached its maximum of connections; try again in a second","instance":"",)"
        R"("message":"the node has reached its maximum of connections; try again in a second",)"
        R"("error":"Service Unavailable","statusCode":503,"correlationId":""})";
    return "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nRetry-After: 1\r\n"
           "Cache-Control: no-store\r\nConnection: close\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }();
  return text;
}

}  // namespace

void refuse_connection(int socket) {
  (void)::send(socket, refusal_text().data(), refusal_text().size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(socket, SHUT_WR);
  char unread[4096];
  for (int piece = 0; piece < 4 && ::recv(socket, unread, sizeof unread, MSG_DONTWAIT) > 0; ++piece) continue;
}

bool is_out_of_descriptors(const boost::system::error_code& error) {
  return error.category() == boost::system::system_category() && (error.value() == EMFILE || error.value() == ENFILE);
}

ReservedDescriptor::ReservedDescriptor() {
  reserve();
}

ReservedDescriptor::~ReservedDescriptor() {
  if (file_ >= 0) ::close(file_);
}

void ReservedDescriptor::reserve() {
  file_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool ReservedDescriptor::refuse_next(int listener) {
  if (file_ >= 0) ::close(file_);
  const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (socket >= 0) {
    refuse_connection(socket);
    ::close(socket);
  }
  reserve();
  return socket >= 0;
}

}  // namespace sagactl::http
