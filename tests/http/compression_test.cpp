// Answers in fewer bytes, for clients that say that they can read them.
#include "server/http/compression.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "server/http/sse.hpp"
#include "tests/http/support/server_fixture.hpp"

namespace sagactl::http::testing {
namespace {

// What a client's gunzip makes of it; nothing when it is not one whole gzip.
std::string unpacked(const std::string& bytes) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(compressed_body_max * 2, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
  out.resize(whole ? stream.total_out : 0);
  inflateEnd(&stream);
  return out;
}

class Two : public BodyStream {
 public:
  boost::asio::awaitable<Piece> next() override {
    if (++given_ > 2) co_return nullptr;
    co_return std::make_shared<const std::string>(2000, 'e');
  }
  void close() override {}

 private:
  int given_ = 0;
};

class Compression : public ServerTest {
 protected:
  Compression() {
    Router router;
    const auto of_size = [](Request& request) -> Answer {
      const std::size_t size = std::stoul(std::string(request.parameter("size")));
      return json_response(200, Json(std::string(size - 2, 'x')));  // and its two quotes
    };
    add(router, Method::get, "/json/{size}", of_size);
    add(router, Method::post, "/json/{size}", of_size);
    add(router, Method::get, "/text",
        [](Request&) -> Answer { return text_response(200, std::string(5000, 'm'), media::metrics); });
    add(router, Method::get, "/noise", [](Request&) -> Answer {
      std::string noise;
      for (std::uint32_t state = 1; noise.size() < 5000;)
        noise += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
      return text_response(200, noise);
    });
    add(router, Method::get, "/strong", [](Request&) -> Answer {
      Response response = json_response(200, Json(std::string(5000, 'x')));
      response.headers.push_back({"ETag", "\"v1\""});
      return response;
    });
    add(router, Method::get, "/missing", [](Request&) -> Answer {
      return Error{ErrorCode::not_found, std::string(5000, 'n')};
    });
    add(router, Method::get, "/stream", [](Request&) -> Answer {
      Response response;
      response.stream = std::make_shared<Two>();
      return response;
    });
    server.emplace(std::move(router));
  }
  RawResponse get(const std::string& path, const std::string& accepted) {
    return server->ask(request_text("GET", path, "", accepted.empty() ? "" : "Accept-Encoding: " + accepted + "\r\n"));
  }
  bool is_compressed(const std::string& path, const std::string& accepted = "gzip") {
    return get(path, accepted).header("content-encoding") == "gzip";
  }

  std::optional<TestHttpServer> server;
};

TEST_F(Compression, IsTheSameBodyInFewerBytes) {
  const RawResponse whole = get("/json/5000", ""), packed = get("/json/5000", "gzip, deflate, br");
  EXPECT_EQ(whole.header("content-encoding"), "");
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_LT(packed.body.size(), 200u);
  EXPECT_EQ(packed.header("content-length"), std::to_string(packed.body.size()));
  EXPECT_EQ(unpacked(packed.body), whole.body);
  EXPECT_EQ(packed.header("etag"), whole.header("etag"));
  for (const RawResponse& answer : {whole, packed}) EXPECT_EQ(answer.header("vary"), "Accept-Encoding");
  EXPECT_TRUE(is_compressed("/text"));
}

TEST_F(Compression, IsAsTheClientAsks) {
  for (const char* takes :
       {"gzip", "GZIP", "x-gzip", "*", "br, gzip;q=0.5", "gzip;q=1.0, identity;q=0.5", "identity;q=0, *"})
    EXPECT_TRUE(is_compressed("/json/5000", takes)) << takes;
  for (const char* does_not :
       {"", "identity", "br", "gzip;q=0", "*;q=0", "gzip;q=0, *", "gzip;q=0.5, identity", "gzip;q=x", "gzipped"})
    EXPECT_FALSE(is_compressed("/json/5000", does_not)) << does_not;
  RawClient lines = server->connect();
  lines.send(request_text("GET", "/json/5000", "", "Accept-Encoding: br\r\nAccept-Encoding: gzip\r\n"));
  EXPECT_EQ(lines.receive()->header("content-encoding"), "gzip") << "on a second line";
}

TEST_F(Compression, IsForBodiesThatAreWorthItAndNotTooLong) {
  EXPECT_FALSE(is_compressed("/json/" + std::to_string(compressed_body_min - 1)));
  EXPECT_TRUE(is_compressed("/json/" + std::to_string(compressed_body_min)));
  EXPECT_TRUE(is_compressed("/json/" + std::to_string(compressed_body_max)));
  EXPECT_FALSE(is_compressed("/json/" + std::to_string(compressed_body_max + 1)));
  EXPECT_FALSE(is_compressed("/noise")) << "it would be longer";
}

TEST_F(Compression, LeavesAloneWhatStandsForItsBytesWhatIsChangedErrorsAndStreams) {
  EXPECT_FALSE(is_compressed("/strong"));
  EXPECT_EQ(get("/strong", "gzip").header("etag"), "\"v1\"");
  EXPECT_EQ(server->ask(request_text("POST", "/json/5000", "", "Accept-Encoding: gzip\r\n")).header("content-encoding"),
            "");
  EXPECT_FALSE(is_compressed("/missing"));
  const RawResponse stream = get("/stream", "gzip");
  EXPECT_EQ(stream.header("content-encoding"), "");
  EXPECT_EQ(stream.body.find_first_not_of('e'), stream.body.npos);
}

TEST_F(Compression, HeadAndNotModifiedSayWhatGetWould) {
  const RawResponse got = get("/json/5000", "gzip");
  RawClient head = server->connect();
  head.send(request_text("HEAD", "/json/5000", "", "Accept-Encoding: gzip\r\n"));
  const auto told = head.receive(false);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->header("content-encoding"), "gzip");
  EXPECT_EQ(told->header("content-length"), got.header("content-length"));
  RawClient again = server->connect();
  again.send(
      request_text("GET", "/json/5000", "", "Accept-Encoding: gzip\r\nIf-None-Match: " + got.header("etag") + "\r\n"));
  const auto unchanged = again.receive(false);
  ASSERT_TRUE(unchanged);
  EXPECT_EQ(unchanged->status, 304);
  EXPECT_EQ(unchanged->header("vary"), "Accept-Encoding");
  EXPECT_EQ(unchanged->header("content-encoding"), "");
}

}  // namespace
}  // namespace sagactl::http::testing
