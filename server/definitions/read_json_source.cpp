// JSON with places. The parser checks the text; the places are those of its tokens, which are counted along with it.
#include <fmt/format.h>

#include "server/definitions/source_builder.hpp"

namespace sagactl {
namespace {

class JsonEvents : public nlohmann::json_sax<Json> {
 public:
  JsonEvents(std::string_view text, std::vector<Problem>& problems) : text_(text), places_(text), builder_(problems) {}

  SourcePointer take() { return builder_.take(); }

  bool null() override { return scalar(nullptr); }
  bool boolean(bool value) override { return scalar(value); }
  bool number_integer(number_integer_t) override { return number(); }
  bool number_unsigned(number_unsigned_t) override { return number(); }
  bool number_float(number_float_t, const string_t&) override { return number(); }
  bool string(string_t& value) override { return scalar(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return begin(SourceKind::object); }
  bool start_array(std::size_t) override { return begin(SourceKind::list); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }
  bool key(string_t& name) override {
    const Position at = next();
    builder_.name(std::move(name), at);
    return true;
  }
  bool parse_error(std::size_t byte, const std::string&, const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while ..."
    const std::string_view all = error.what();
    const auto colon = all.find(": ");
    const std::string_view message = colon == std::string_view::npos ? all : all.substr(colon + 2);
    const std::size_t at = std::min(byte > 0 ? byte - 1 : 0, text_.size());
    throw SourceUnreadable{places_.at_offset(at), fmt::format("this is no JSON: {}", message), hint_at(at)};
  }

 private:
  // What is often wrong there.
  std::string hint_at(std::size_t at) const {
    const auto before = at > 0 ? text_.find_last_not_of(" \t\r\n", at - 1) : text_.npos;
    const bool closes = at < text_.size() && (text_[at] == '}' || text_[at] == ']');
    if (closes && before != text_.npos && text_[before] == ',') return "no comma stands after the last member";
    return {};
  }
  // Moves over the next token. What lies between two tokens is known to be right by then.
  Position next() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n,:", at_), text_.size());
    begin_ = at_;
    const char first = at_ < text_.size() ? text_[at_] : ' ';
    if (first == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
        if (text_[at_] == '\\') ++at_;
      ++at_;
    } else if (std::string_view("{}[]").find(first) != std::string_view::npos) {
      ++at_;
    } else {
      at_ = std::min(text_.find_first_of(" \t\r\n,:{}[]", at_), text_.size());
    }
    return places_.at_offset(begin_);
  }
  bool scalar(Json value) {
    builder_.scalar(std::move(value), next());
    return true;
  }
  bool number() {
    const Position at = next();
    Json value;
    const std::string_view text = text_.substr(begin_, at_ - begin_);
    if (!read_source_number(text, value))
      throw SourceUnreadable{at, fmt::format("the number {} is too large to be kept exactly", text),
                             "write it as a text, in quotes"};
    builder_.scalar(std::move(value), at);
    return true;
  }
  bool begin(SourceKind kind) {
    builder_.begin(kind, next());
    return true;
  }
  bool end() {
    next();
    builder_.end();
    return true;
  }

  const std::string_view text_;
  const SourceText places_;
  SourceBuilder builder_;
  std::size_t at_ = 0, begin_ = 0;
};

}  // namespace

SourcePointer read_json_source(std::string_view text, std::vector<Problem>& problems) {
  JsonEvents events(text, problems);
  Json::sax_parse(text, &events);
  return events.take();
}

}  // namespace sagactl
