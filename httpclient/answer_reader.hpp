// Parses one HTTP answer from the bytes of a connection, as they arrive.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sagactl {

enum class AnswerState {
  more,  // the answer is incomplete
  done,  // it is complete
  bad,   // this is not an HTTP answer
};

// One per connection. Keeps the beginning of a body; allocates only for an answer that arrives in pieces or is longer
// than all before, and for the wanted headers. A long body's memory is kept until the next answer.
class AnswerReader {
 public:
  static constexpr std::size_t body_max = 256 * 1024;

  // `kept_max`: how many bytes of a body are kept.
  explicit AnswerReader(std::size_t kept_max = body_max) : kept_max_(kept_max) {}
  void keep_up_to(std::size_t kept_max) { kept_max_ = kept_max; }

  // The headers whose values are kept, in lower case; outlives the reader.
  void want(const std::vector<std::string>& headers) { wanted_ = &headers; }

  void reset();  // before each answer
  // Heads that break the grammar are read where most clients read them: lines that end with LF alone, a status without
  // its reason, blanks before a colon. Bytes after the answer are ignored, and its connection is not kept.
  AnswerState feed(std::string_view bytes);
  // For an answer that another has parsed: its head begins with the status; what was received of an earlier one of the
  // same request is forgotten.
  void begin_parsed(int status);
  void keep_header(std::string_view name, std::string_view value);
  std::size_t keep_body(std::string_view bytes);  // returns all of them
  AnswerState end();                              // the connection was closed: this ends an answer without a length

  // Of a complete answer.
  int status() const { return status_; }
  std::string_view body() const { return body_; }
  std::string take_body() { return std::move(body_); }
  bool keeps_alive() const { return (parser_ ? parser_->keep_alive() : plain_keeps_alive_) && !surplus_; }
  bool is_cut() const { return cut_; }  // its body was longer than what is kept; at once
  // Of the wanted ones, "": not received; of several the first, but all of set-cookie, separated by line feeds.
  const std::vector<std::string>& headers() const { return values_; }

 private:
  class AnswerParser final : public boost::beast::http::basic_parser<false> {
   public:
    explicit AnswerParser(AnswerReader& reader);

   private:
    using error_code = boost::beast::error_code;
    using text = boost::beast::string_view;
    using field = boost::beast::http::field;
    void on_request_impl(boost::beast::http::verb, text, text, int, error_code&) override {}
    void on_response_impl(int code, text, int, error_code&) override { reader_->status_ = code; }
    void on_field_impl(field, text name, text value, error_code&) override { reader_->keep_header(name, value); }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(text bytes, error_code&) override { return reader_->keep_body(bytes); }
    void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, text bytes, error_code&) override {
      return reader_->keep_body(bytes);
    }
    void on_finish_impl(error_code&) override {}

    AnswerReader* reader_;
  };

  AnswerState parse(std::string_view bytes);
  std::size_t take_plain(std::string_view bytes);
  bool take_head(std::string_view head);
  AnswerState done(std::string_view rest);
  void begin();

  std::size_t kept_max_;
  int status_ = 0;
  bool cut_ = false;
  std::optional<AnswerParser> parser_;  // none before the first bytes, and for an answer in the usual form
  bool plain_keeps_alive_ = false;      // of such an answer
  std::string body_;
  const std::vector<std::string>* wanted_ = nullptr;
  std::vector<std::string> values_;
  std::string unparsed_;  // an incomplete head or chunk head
  bool surplus_ = false;  // bytes came after the answer
};

}  // namespace sagactl
