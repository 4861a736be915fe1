#include "server/http/message/response_head.hpp"

#include <charconv>
#include <ctime>

namespace sagactl::http {
namespace {

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) out += static_cast<unsigned char>(c) < ' ' || c == 0x7F ? ' ' : c;
  out += "\r\n";
}

}  // namespace

void append_head(std::string& out, const ResponseHead& head) {
  const Response& response = head.response;
  out += head.http_1_0 ? "HTTP/1.0 " : "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(response.status));
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  append_header(out, "Date", head.date);
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless && !response.content_type.empty()) append_header(out, "Content-Type", response.content_type);
  if (head.framing == Framing::chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  } else if (head.framing == Framing::length && !bodiless) {
    out += "Content-Length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  out += "X-Content-Type-Options: nosniff\r\n";
  if (!head.correlation_id.empty()) append_header(out, "X-Correlation-ID", head.correlation_id);
  for (const Header& header : response.headers) append_header(out, header.name, header.value);
  for (const Header& header : head.more) append_header(out, header.name, header.value);
  if (head.close) {
    out += "Connection: close\r\n";
  } else if (head.http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

std::string_view http_date_now() {
  thread_local std::time_t formatted_at = 0;
  thread_local char text[64];
  thread_local std::size_t length = 0;
  const std::time_t now = std::time(nullptr);
  if (now != formatted_at) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    length = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    formatted_at = now;
  }
  return {text, length};
}

}  // namespace sagactl::http
