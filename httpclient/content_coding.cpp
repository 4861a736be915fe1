#include "httpclient/content_coding.hpp"

#include <brotli/decode.h>
#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t step = 64 * 1024;             // bytes by which the output grows
constexpr int zstd_window_log_max = 23;             // 8 MB, as RFC 9659 limits it
constexpr int any_frame = 15 + 32, no_frame = -15;  // of inflateInit2: gzip or zlib, and neither

// Room at the end of `out`, which has at most `size_max` bytes.
std::size_t grow(std::string& out, std::size_t size_max) {
  const std::size_t used = out.size(), more = std::min(step, size_max - used);
  out.resize(used + more);
  return more;
}

// Nothing: it is not of this kind.
std::optional<std::string> inflated(std::string_view body, std::size_t size_max, int frame) {
  z_stream stream{};
  if (inflateInit2(&stream, frame) != Z_OK) crash("zlib has no room");
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> owner(&stream, &inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));  // zlib reads only
  stream.avail_in = static_cast<uInt>(body.size());
  std::string out;
  while (out.size() < size_max) {
    const std::size_t used = out.size(), room = grow(out, size_max);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = static_cast<uInt>(room);
    const int result = inflate(&stream, Z_NO_FLUSH);
    out.resize(used + room - stream.avail_out);
    if (result == Z_STREAM_END && stream.avail_in > 0 && frame == any_frame) {  // another member follows
      if (inflateReset(&stream) != Z_OK) break;
      continue;
    }
    if (result == Z_BUF_ERROR || result == Z_STREAM_END) break;
    if (result != Z_OK) return out.empty() ? std::nullopt : std::optional(std::move(out));
  }
  return out;
}

std::optional<std::string> from_deflate(std::string_view body, std::size_t size_max) {
  auto framed = inflated(body, size_max, any_frame);
  return framed ? framed : inflated(body, size_max, no_frame);
}

std::optional<std::string> from_brotli(std::string_view body, std::size_t size_max) {
  const std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> state(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), &BrotliDecoderDestroyInstance);
  if (!state) crash("brotli has no room");
  const auto* in = reinterpret_cast<const std::uint8_t*>(body.data());
  std::size_t left = body.size();
  std::string out;
  while (out.size() < size_max) {
    const std::size_t used = out.size();
    std::size_t room = grow(out, size_max);
    auto* to = reinterpret_cast<std::uint8_t*>(out.data() + used);
    const std::size_t all = room;
    const auto result = BrotliDecoderDecompressStream(state.get(), &left, &in, &room, &to, nullptr);
    out.resize(used + all - room);
    if (result == BROTLI_DECODER_RESULT_ERROR) return out.empty() ? std::nullopt : std::optional(std::move(out));
    if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) break;
  }
  return out;
}

std::optional<std::string> from_zstd(std::string_view body, std::size_t size_max) {
  const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(), &ZSTD_freeDStream);
  if (!stream) crash("zstd has no room");
  ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, zstd_window_log_max);
  ZSTD_inBuffer in{body.data(), body.size(), 0};
  std::string out;
  while (out.size() < size_max) {
    const std::size_t used = out.size(), room = grow(out, size_max);
    ZSTD_outBuffer to{out.data() + used, room, 0};
    const std::size_t result = ZSTD_decompressStream(stream.get(), &to, &in);
    out.resize(used + to.pos);
    if (ZSTD_isError(result)) return out.empty() ? std::nullopt : std::optional(std::move(out));
    if (in.pos == in.size && to.pos < room) break;
  }
  return out;
}

}  // namespace

Result<std::string> decoded(std::string_view codings, std::string_view body, std::size_t size_max) {
  std::string plain(body);
  const std::vector<std::string> list = split(codings, ',');
  for (auto it = list.rbegin(); it != list.rend(); ++it) {
    const std::string coding = lower(trim(*it));
    if (coding.empty() || coding == "identity") continue;
    std::optional<std::string> next;
    if (coding == "gzip" || coding == "x-gzip")
      next = inflated(plain, size_max, any_frame);
    else if (coding == "deflate")
      next = from_deflate(plain, size_max);
    else if (coding == "br")
      next = from_brotli(plain, size_max);
    else if (coding == "zstd")
      next = from_zstd(plain, size_max);
    else
      return Error{ErrorCode::invalid,
                   fmt::format("Content-Encoding: {}, which is none of {}", coding, accepted_codings)};
    if (!next) return Error{ErrorCode::invalid, fmt::format("Content-Encoding: {}, which the body is not", coding)};
    plain = std::move(*next);
  }
  if (plain.size() > size_max) plain.resize(size_max);
  return plain;
}

}  // namespace sagactl
