// Takes one HTTP answer out of the bytes of a connection, as they come.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sagactl {

// One per connection. Keeps the first body_max bytes of a body; allocates only for an answer that comes in
// pieces or is longer than any before, and for headers that are wanted.
class AnswerReader {
 public:
  static constexpr std::size_t body_max = 256 * 1024;

  enum class State {
    more,  // the answer goes on
    done,  // it is whole
    bad,   // this is no answer
  };

  // The headers whose values are to be kept, in small letters; outlives the reader.
  void want(const std::vector<std::string>& headers) { wanted_ = &headers; }

  void reset();  // before each answer
  // A head is also read where it is not quite what the grammar wants, as most clients read it: lines that end with LF
  // alone, a status without its reason, blanks before a colon. What comes behind the answer is no part of it, and its
  // connection is not kept.
  State feed(std::string_view bytes);
  State end();  // the connection was closed: the end of an answer that says no length

  // Of an answer that is done.
  int status() const { return parser_->status; }
  std::string_view body() const { return body_; }
  bool keeps_alive() const { return parser_->keep_alive() && !surplus_; }
  bool is_cut() const { return parser_->cut; }                         // its body was longer than what is kept
  const std::vector<std::string>& headers() const { return values_; }  // of the wanted ones; "": did not come

 private:
  class Parser final : public boost::beast::http::basic_parser<false> {
   public:
    explicit Parser(AnswerReader& reader);
    int status = 0;
    bool cut = false;

   private:
    using error_code = boost::beast::error_code;
    using text = boost::beast::string_view;
    using field = boost::beast::http::field;
    void on_request_impl(boost::beast::http::verb, text, text, int, error_code&) override {}
    void on_response_impl(int code, text, int, error_code&) override { status = code; }
    void on_field_impl(field, text name, text value, error_code&) override { reader_->keep_header(name, value); }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(text bytes, error_code&) override { return keep(bytes); }
    void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, text bytes, error_code&) override { return keep(bytes); }
    void on_finish_impl(error_code&) override {}
    std::size_t keep(text bytes);

    AnswerReader* reader_;
  };

  State parse(std::string_view bytes);
  bool take_head(std::string_view head);
  State done(std::string_view rest);
  void keep_header(std::string_view name, std::string_view value);
  void begin();

  std::optional<Parser> parser_;
  std::string body_;
  const std::vector<std::string>* wanted_ = nullptr;
  std::vector<std::string> values_;
  std::string unparsed_;  // the beginning of a head or of a chunk that has not come whole
  bool surplus_ = false;  // more came than the answer
};

}  // namespace sagactl
