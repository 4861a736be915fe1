#include "httpclient/answer_reader.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sagactl {
namespace {

using State = AnswerState;

struct ReadingRow {
  const char* what;
  std::string bytes;
  int status;
  std::string body;
  bool keeps_alive;
};

std::vector<ReadingRow> answers() {
  return {
      {"with a length", "HTTP/1.1 201 Created\r\nContent-Length: 5\r\nX: y\r\n\r\nhello", 201, "hello", true},
      {"without a body", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", true},
      {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
       200, "hello world", true},
      {"chunked with a trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: v\r\n\r\n",
       200, "a", true},
      {"said to close", "HTTP/1.1 409 Conflict\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", 409, "{}", false},
      {"of the older version", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
      {"after an interim one", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok", 201,
       "ok", true},
      {"without a reason", "HTTP/1.1 503 \r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", 503, "", true},
      {"without a blank after the status", "HTTP/1.1 201\r\nContent-Length: 2\r\n\r\nok", 201, "ok", true},
      {"of lines that end with LF alone", "HTTP/1.1 201 Created\nContent-Length: 2\nX: y\n\nok", 201, "ok", true},
      {"after an empty line", "\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true},
      {"with a blank before a colon", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok", 200, "ok", true},
      {"with blanks at the ends of lines", "HTTP/1.1 200 OK  \r\nContent-Length: 2  \r\nX:\r\n\r\nok", 200, "ok", true},
      {"with a line that is no header",
       "HTTP/1.1 200 OK\r\nno header\r\n\tnor this\r\nX Y: 1\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true},
      {"with a header in two lines", "HTTP/1.1 200\r\nX: a\r\n  b\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true},
      {"with a length beside its chunks",
       "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok",
       true},
      {"of LF alone after an interim one", "HTTP/1.1 103\nLink: a\n\nHTTP/1.1 200\nContent-Length: 2\n\nok", 200, "ok",
       true},
  };
}

void expect_read(AnswerReader& reader, const ReadingRow& row) {
  EXPECT_EQ(reader.status(), row.status) << row.what;
  EXPECT_EQ(reader.body(), row.body) << row.what;
  EXPECT_EQ(reader.keeps_alive(), row.keeps_alive) << row.what;
}

TEST(AnswerReader, ReadsAnswersInOnePieceOneAfterTheOther) {
  AnswerReader reader;
  for (const ReadingRow& row : answers()) {
    reader.reset();
    ASSERT_EQ(reader.feed(row.bytes), AnswerState::done) << row.what;
    expect_read(reader, row);
  }
}

TEST(AnswerReader, ReadsAnswersCutAnywhere) {
  AnswerReader reader;
  for (const ReadingRow& row : answers()) {
    for (std::size_t cut = 1; cut < row.bytes.size(); ++cut) {
      reader.reset();
      ASSERT_EQ(reader.feed(row.bytes.substr(0, cut)), AnswerState::more) << row.what << " at " << cut;
      ASSERT_EQ(reader.feed(row.bytes.substr(cut)), AnswerState::done) << row.what << " at " << cut;
      expect_read(reader, row);
    }
    reader.reset();
    for (std::size_t i = 0; i + 1 < row.bytes.size(); ++i) {
      ASSERT_EQ(reader.feed(row.bytes.substr(i, 1)), AnswerState::more) << row.what << " at " << i;
    }
    ASSERT_EQ(reader.feed(row.bytes.substr(row.bytes.size() - 1)), AnswerState::done) << row.what;
    expect_read(reader, row);
  }
}

TEST(AnswerReader, EndsAnAnswerWithoutLengthWithItsConnection) {
  AnswerReader reader;
  reader.reset();
  EXPECT_EQ(reader.feed("HTTP/1.1 200 OK\r\n\r\nall of it"), AnswerState::more);
  EXPECT_EQ(reader.end(), AnswerState::done);
  EXPECT_EQ(reader.body(), "all of it");
  EXPECT_FALSE(reader.keeps_alive());
}

TEST(AnswerReader, DoesNotEndOtherAnswersWithTheConnection) {
  AnswerReader reader;
  for (const char* bytes : {"", "HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
    reader.reset();
    EXPECT_EQ(reader.feed(bytes), AnswerState::more) << bytes;
    EXPECT_EQ(reader.end(), AnswerState::more) << bytes;
  }
}

TEST(AnswerReader, RefusesBytesThatAreNotAnAnswer) {
  AnswerReader reader;
  for (const char* bytes :
       {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/9 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 2011\r\n\r\n", "\x15\x03\x01", "<html>\r\n\r\n"}) {
    reader.reset();
    EXPECT_EQ(reader.feed(bytes), AnswerState::bad) << bytes;
  }
}

TEST(AnswerReader, IgnoresBytesAfterAnAnswerAndDoesNotKeepTheConnection) {
  AnswerReader reader;
  for (const char* behind : {"\r\n", "xyz", "HTTP/1.1 200 OK\r\n"}) {
    for (const char* answer : {"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
                               "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"}) {
      reader.reset();
      ASSERT_EQ(reader.feed(std::string(answer) + behind), AnswerState::done) << answer << behind;
      EXPECT_EQ(reader.body(), "ok");
      EXPECT_FALSE(reader.keeps_alive());
    }
  }
  reader.reset();
  ASSERT_EQ(reader.feed("HTTP/1.1 204 No Content\r\n\r\n\r\n"), AnswerState::done);
  EXPECT_FALSE(reader.keeps_alive());
}

TEST(AnswerReader, RefusesAHeadWithoutEnd) {
  AnswerReader reader;
  reader.reset();
  State state = reader.feed("HTTP/1.1 200 OK\r\n");
  for (int i = 0; i < 1000 && state == AnswerState::more; ++i)
    state = reader.feed("X-Long: " + std::string(500, 'x') + "\r\n");
  EXPECT_EQ(state, AnswerState::bad);
}

TEST(AnswerReader, KeepsTheBeginningOfALongBody) {
  AnswerReader reader;
  reader.reset();
  const std::string body(1'000'000, 'b');
  EXPECT_EQ(reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + body), AnswerState::done);
  EXPECT_EQ(reader.body().size(), AnswerReader::body_max);
  EXPECT_TRUE(reader.is_cut());
}

TEST(AnswerReader, ReadsAHeadOfManyKilobytes) {
  AnswerReader reader;
  reader.reset();
  std::string head = "HTTP/1.1 201 Created\r\n";
  for (int i = 0; i < 20; ++i) head += "Set-Cookie: session=" + std::string(2'500, 'x') + "\r\n";
  EXPECT_EQ(reader.feed(head + "Content-Length: 2\r\n\r\n{}"), AnswerState::done);
  EXPECT_EQ(reader.status(), 201);
  EXPECT_EQ(reader.body(), "{}");
}

TEST(AnswerReader, KeepsTheWantedHeaders) {
  const std::vector<std::string> wanted = {"location", "x-none"};
  AnswerReader reader;
  reader.want(wanted);
  reader.reset();
  const std::string answer =
      "HTTP/1.1 103 Early Hints\r\nLocation: /wrong\r\n\r\n"
      "HTTP/1.1 201 Created\r\nLOCATION:  /orders/17 \r\nContent-Length: 0\r\n\r\n";
  for (std::size_t i = 0; i < answer.size(); ++i) (void)reader.feed(answer.substr(i, 1));
  EXPECT_EQ(reader.headers(), (std::vector<std::string>{"/orders/17", ""}));
  reader.reset();
  EXPECT_EQ(reader.headers(), (std::vector<std::string>{"", ""})) << "of another answer";
}

TEST(AnswerReader, KeepsAllCookiesAndTheFirstOfOtherHeaders) {
  AnswerReader reader;
  const std::vector<std::string> wanted = {"set-cookie", "vary"};
  reader.want(wanted);
  reader.reset();
  EXPECT_EQ(reader.feed(
                "HTTP/1.1 204 No Content\r\nSet-Cookie: a=1; Path=/\r\nVary: x\r\nset-cookie: b=2\r\nVary: y\r\n\r\n"),
            AnswerState::done);
  EXPECT_EQ(reader.headers(), (std::vector<std::string>{"a=1; Path=/\nb=2", "x"}));
}

}  // namespace
}  // namespace sagactl
