#include "httpclient/content_coding.hpp"

#include <gmock/gmock.h>
#include <zlib.h>

#include "common/text/hex.hpp"
#include "httpclient/http_client.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

constexpr std::string_view plain_text = R"({"id":"867a4850-d872-42eb-a83d-c71921cdc0c3"})";
constexpr std::size_t enough = 1 << 20;
constexpr int gzip_frame = 15 + 16, zlib_frame = 15, no_frame = -15;

std::string packed(std::string_view text, int frame) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, frame, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (; hex.size() >= 2; hex.remove_prefix(2)) bytes += static_cast<char>(hex_byte(hex.substr(0, 2)));
  return bytes;
}

// By brotli 1.0.9 and zstd 1.5.4.
const std::string brotli_text =
    bytes_of("0b16807b226964223a2238363761343835302d643837322d343265622d613833642d633731393231636463306333227d03");
const std::string zstd_text = bytes_of(
    "28b52ffd202d6901007b226964223a2238363761343835302d643837322d343265622d613833642d633731393231636463306333227d");

TEST(ContentCoding, OfEachKindIsUndone) {
  const std::pair<const char*, std::string> rows[] = {
      {"", std::string(plain_text)},
      {"identity", std::string(plain_text)},
      {"gzip", packed(plain_text, gzip_frame)},
      {"X-GZip", packed(plain_text, gzip_frame)},
      {"deflate", packed(plain_text, zlib_frame)},
      {"deflate", packed(plain_text, no_frame)},
      {"br", brotli_text},
      {"zstd", zstd_text},
      {"deflate, gzip", packed(packed(plain_text, zlib_frame), gzip_frame)},
      {"gzip", packed(plain_text.substr(0, 9), gzip_frame) + packed(plain_text.substr(9), gzip_frame)},
  };
  for (const auto& [coding, body] : rows) {
    const auto text = decoded(coding, body, enough);
    ASSERT_TRUE(text) << coding << ": " << text.error().message;
    EXPECT_EQ(*text, plain_text) << coding;
  }
}

TEST(ContentCoding, OfABodyThatWasCutOffGivesItsBeginning) {
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += std::to_string(i * 7919);
  const std::string whole = packed(many, gzip_frame);
  const auto text = decoded("gzip", whole.substr(0, whole.size() / 2), enough);
  ASSERT_TRUE(text);
  EXPECT_GT(text->size(), many.size() / 4);
  EXPECT_TRUE(many.starts_with(*text));
}

TEST(ContentCoding, GrowsNoBodyOverTheLimit) {
  const std::string zeros = packed(std::string(10'000'000, '0'), gzip_frame);
  const auto text = decoded("gzip", zeros, 1000);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, std::string(1000, '0'));
}

TEST(ContentCoding, ThatIsUnknownOrNotWhatItSaysIsAnError) {
  for (const char* coding : {"gzip", "deflate", "br", "zstd", "compress"}) {
    const auto text = decoded(coding, "\xff\xff this is none of them", enough);
    ASSERT_FALSE(text) << coding;
    EXPECT_EQ(text.error().code, ErrorCode::invalid);
    EXPECT_THAT(text.error().message, HasSubstr(std::string("Content-Encoding: ") + coding));
  }
}

TEST(ContentCoding, IsUndoneForTheClientsOfNodesToo) {
  const ScriptedServer server(
      [](const Received&) { return answer(200, packed(plain_text, gzip_frame), "Content-Encoding: gzip\r\n"); });
  const auto response = HttpClient(*parse_node_url(server.url())).get("/");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, plain_text);
}

}  // namespace
}  // namespace sagactl
