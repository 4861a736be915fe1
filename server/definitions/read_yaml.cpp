// YAML 1.2 by its core schema, in which `no` and `12:30` are texts; what another reader of YAML would read otherwise
// gets a warning.
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>

#include "common/text/text.hpp"
#include "server/definitions/source_builder.hpp"
#include "server/definitions/yaml_hints.hpp"

namespace sagactl {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool has_sign(std::string_view text) {
  return text.starts_with('-') || text.starts_with('+');
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_core_number(std::string_view text) {
  if (has_sign(text)) text.remove_prefix(1);
  if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view exponent = text.substr(e + 1);
    if (has_sign(exponent)) exponent.remove_prefix(1);
    if (!is_digits(exponent)) return false;
    text = text.substr(0, e);
  }
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return is_digits(text);
  const std::string_view whole = text.substr(0, dot), fraction = text.substr(dot + 1);
  return (whole.empty() || is_digits(whole)) && (fraction.empty() || is_digits(fraction)) &&
         !(whole.empty() && fraction.empty());
}

// The number that the text 0o17 or 0x1F is.
bool read_core_radix(std::string_view text, Json& out) {
  const int radix = text.starts_with("0o") ? 8 : text.starts_with("0x") ? 16 : 0;
  if (radix == 0) return false;
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data() + 2, text.data() + text.size(), number, radix);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || text.size() == 2) return false;
  out = number;
  return true;
}

// What YAML 1.1 reads as something else than a text: its truth values, 1_000, 0b1 and 12:30 in base 60.
bool is_other_in_yaml_1_1(std::string_view text) {
  const std::string word = lower(text);
  if (word == "yes" || word == "no" || word == "on" || word == "off" || word == "y" || word == "n") return true;
  std::string_view number = word;
  if (has_sign(number)) number.remove_prefix(1);
  if (number.empty() || number.front() < '0' || number.front() > '9') return false;
  const bool is_plain = number.find_first_not_of("0123456789_:.") == std::string_view::npos;
  if (number.starts_with("0b") && number.size() > 2)
    return number.find_first_not_of("01_", 2) == std::string_view::npos;
  if (!is_plain) return false;
  if (number.find('_') != std::string_view::npos) return true;
  return number.find(':') != std::string_view::npos && number.find("::") == std::string_view::npos &&
         !number.ends_with(':') && std::count(number.begin(), number.end(), '.') < 2;
}

constexpr std::string_view tag_text = "tag:yaml.org,2002:str";

class YamlEvents : public YAML::EventHandler {
 public:
  YamlEvents(const SourceText& places, std::vector<Problem>& problems)
      : places_(places), problems_(problems), builder_(problems) {}

  SourcePointer take() { return builder_.take(); }
  Position begin() const { return begin_; }
  Position place(const YAML::Mark& mark) const {
    return places_.at_byte(static_cast<std::size_t>(std::max(0, mark.line)),
                           static_cast<std::size_t>(std::max(0, mark.column)));
  }

  void OnDocumentStart(const YAML::Mark& mark) override { begin_ = place(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (builder_.wants_name()) throw SourceUnreadable{place(mark), "the name of a member is empty"};
    if (is_flow_.back() && !is_written(mark))
      problems_.push_back(
          {Severity::warning, name_at_, {}, fmt::format("`{}` has no value", name_), hint_for_valueless(name_)});
    put(scalar_at(mark, nullptr), mark, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (builder_.wants_name() || found == anchors_.end())
      throw SourceUnreadable{place(mark), "an alias stands where a name has to stand"};
    if (builder_.is_open(found->second)) throw SourceUnreadable{place(mark), "an alias stands inside of its own value"};
    auto copy = std::make_shared<SourceValue>(*found->second);  // of the value alone, not of what is in it
    copy->at = place(mark);
    builder_.value(std::move(copy), place(mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (builder_.wants_name()) {
      name_ = value;
      name_at_ = place(mark);
      builder_.name(value, name_at_);
      return;
    }
    Json json = value;
    if (tag == "?")
      json = plain(value, mark);
    else if (tag != "!" && tag != tag_text)
      refuse_tag(tag, mark);
    put(scalar_at(mark, std::move(json)), mark, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(SourceKind::list, tag, mark, anchor);
    is_flow_.push_back(false);
  }
  void OnSequenceEnd() override {
    is_flow_.pop_back();
    builder_.end();
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    begin(SourceKind::object, tag, mark, anchor);
    is_flow_.push_back(style == YAML::EmitterStyle::Flow);
  }
  void OnMapEnd() override {
    is_flow_.pop_back();
    builder_.end();
  }

 private:
  void refuse_tag(const std::string& tag, const YAML::Mark& mark) const {
    throw SourceUnreadable{place(mark), fmt::format("the tag {} is not known here", tag),
                           "only !!str is, which makes a text"};
  }
  void begin(SourceKind kind, const std::string& tag, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (builder_.wants_name()) throw SourceUnreadable{place(mark), "the name of a member has to be a text"};
    if (tag != "?" && tag != "!") refuse_tag(tag, mark);
    const SourcePointer begun = builder_.begin(kind, place(mark));
    if (anchor != 0) anchors_[anchor] = begun;
  }
  // Whether the null that is read there stands in the text.
  bool is_written(const YAML::Mark& mark) const {
    const std::string_view rest = places_.rest_of_line(static_cast<std::size_t>(std::max(0, mark.line)),
                                                       static_cast<std::size_t>(std::max(0, mark.column)));
    return rest.starts_with('~') || lower(rest.substr(0, 4)) == "null";
  }
  SourcePointer scalar_at(const YAML::Mark& mark, Json json) const {
    auto value = std::make_shared<SourceValue>();
    value->at = place(mark);
    value->scalar = std::move(json);
    return value;
  }
  void put(const SourcePointer& value, const YAML::Mark& mark, YAML::anchor_t anchor) {
    builder_.value(value, place(mark));
    if (anchor != 0) anchors_[anchor] = value;
  }
  void warn(const YAML::Mark& mark, std::string message, std::string hint) {
    problems_.push_back({Severity::warning, place(mark), {}, std::move(message), std::move(hint)});
  }

  Json plain(const std::string& text, const YAML::Mark& mark) {
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    Json number;
    if (is_core_number(text)) {
      if (!read_source_number(text, number))
        throw SourceUnreadable{place(mark), fmt::format("the number {} is too large to be kept exactly", text),
                               "write it as a text, in quotes"};
    } else if (!read_core_radix(text, number)) {
      std::string unsigned_text = lower(text);
      if (has_sign(unsigned_text)) unsigned_text.erase(0, 1);
      if (unsigned_text == ".inf" || text == ".nan" || text == ".NaN" || text == ".NAN")
        throw SourceUnreadable{place(mark), fmt::format("{} is a number that JSON does not have", text)};
      if (is_other_in_yaml_1_1(text))
        warn(mark, fmt::format("`{}` is a text here, and something else to readers of YAML 1.1", text),
             fmt::format("put it in quotes: \"{}\"; truth values are `true` and `false`", text));
      return text;
    }
    if (json_text(number) != text)
      warn(mark, fmt::format("`{}` is the number {}", text, json_text(number)),
           fmt::format("put it in quotes if a text is meant: \"{}\"", text));
    return number;
  }

  const SourceText& places_;
  std::vector<Problem>& problems_;
  SourceBuilder builder_;
  Position begin_;
  std::map<YAML::anchor_t, SourcePointer> anchors_;
  std::vector<bool> is_flow_ = {false};  // of the document and all that is open in it: an object in braces
  std::string name_;                     // the last one of a member
  Position name_at_;
};

}  // namespace

SourcePointer read_yaml(std::string_view text, std::vector<Problem>& problems) {
  const SourceText places(text);
  YamlEvents events(places, problems);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(events)) return nullptr;
    std::vector<Problem> ignored;
    YamlEvents rest(places, ignored);
    if (parser.HandleNextDocument(rest))
      throw SourceUnreadable{rest.begin(), "the file holds several documents", "a file holds one definition"};
  } catch (const YAML::Exception& error) {
    throw SourceUnreadable{
        events.place(error.mark), fmt::format("this is no YAML: {}", error.msg),
        hint_for_unreadable(error.msg, text, static_cast<std::size_t>(std::max(0, error.mark.line)))};
  }
  return events.take();
}

}  // namespace sagactl
