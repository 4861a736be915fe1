#include "server/http/compression.hpp"

#include <zlib.h>

#include <algorithm>

#include "server/http/accept.hpp"

namespace sagactl::http {
namespace {

constexpr int level = 4;  // JSON gets to within a tenth of what 9 does, in a third of the time
constexpr int gzip_window = 15 + 16;
constexpr int memory = 8;

// Nothing when it would not be smaller.
std::string gzip(std::string_view body, int effort) {
  z_stream stream{};
  if (deflateInit2(&stream, effort, Z_DEFLATED, gzip_window, memory, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(body.size(), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));  // it is only read
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(whole ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

bool has(const Response& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [&](const Header& header) { return header.name == name; });
}

bool has_strong_tag(const Response& response) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [](const Header& header) { return header.name == "ETag" && !header.value.starts_with("W/"); });
}

}  // namespace

bool takes_gzip(const Request& request) {
  std::string accepted;  // all lines of the header, as one
  for (const Header& header : request.headers)
    if (header.name == "accept-encoding") accepted += (accepted.empty() ? "" : ",") + header.value;
  const auto any = accepted_weight(accepted, "*");
  auto gzip = accepted_weight(accepted, "gzip");
  if (!gzip) gzip = accepted_weight(accepted, "x-gzip");
  if (!gzip) gzip = any;
  const auto as_it_is = accepted_weight(accepted, "identity");
  return gzip.value_or(0) > 0 && *gzip >= as_it_is.value_or(0);
}

std::string smallest_gzip(std::string_view body) {
  return gzip(body, 9);
}

void compress(const Request& request, Response& response) {
  const bool not_modified = response.status == 304;
  if (response.stream || (response.status != 200 && !not_modified)) return;
  if (has_strong_tag(response) || has(response, "Content-Encoding")) return;
  if (!not_modified && (response.body.size() < compressed_body_min || response.body.size() > compressed_body_max))
    return;
  response.headers.push_back({"Vary", "Accept-Encoding"});
  if (not_modified || !takes_gzip(request)) return;
  std::string compressed = gzip(response.body, level);
  if (compressed.empty()) return;
  response.body = std::move(compressed);
  response.headers.push_back({"Content-Encoding", "gzip"});
}

}  // namespace sagactl::http
