// A handler's response.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "server/http/message/request.hpp"

namespace sagactl::http {

namespace media {
inline constexpr std::string_view json = "application/json; charset=utf-8";
inline constexpr std::string_view problem = "application/problem+json; charset=utf-8";
inline constexpr std::string_view text = "text/plain; charset=utf-8";
inline constexpr std::string_view html = "text/html; charset=utf-8";
inline constexpr std::string_view metrics = "text/plain; version=0.0.4; charset=utf-8";
inline constexpr std::string_view open_metrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
inline constexpr std::string_view events = "text/event-stream; charset=utf-8";
}  // namespace media

// A body that is produced while it is sent. All calls are made on the connection's executor.
class BodyStream {
 public:
  // Shared, since many streams may be sent the same at the same time, and some clients take long to read it.
  using Piece = std::shared_ptr<const std::string>;

  virtual ~BodyStream() = default;
  // The next piece, not empty; null at the end. Called again when the piece has been sent.
  virtual boost::asio::awaitable<Piece> next() = 0;
  // The client has disconnected or the server stops: pending and later calls of next() return null.
  virtual void close() = 0;
};

struct Response {
  int status = 200;
  std::string_view content_type = media::json;  // of static storage; "" when there is no body
  std::vector<Header> headers;                  // beside those that the server adds to every response
  std::string body;
  std::shared_ptr<BodyStream> stream;  // instead of `body`
};

Response json_response(int status, const Json& body);
Response text_response(int status, std::string body, std::string_view content_type = media::text);

std::string_view reason_phrase(int status);  // "Not Found"

}  // namespace sagactl::http
