#include "loadgen/answers/answer_values.hpp"

#include <algorithm>
#include <boost/regex.hpp>
#include <optional>

#include "common/text/text.hpp"
#include "loadgen/answers/html_value.hpp"
#include "loadgen/answers/json_value.hpp"
#include "loadgen/requests/cookie_jar.hpp"

namespace sagactl {
namespace {

using MaybeText = std::optional<std::string_view>;

MaybeText match_of(const boost::regex& pattern, std::string_view text) {
  boost::cmatch match;
  try {
    if (!boost::regex_search(text.data(), text.data() + text.size(), match, pattern)) return std::nullopt;
  } catch (const std::runtime_error&) {  // too complex for this text
    return std::nullopt;
  }
  const auto& found = match.size() > 1 ? match[1] : match[0];
  if (!found.matched) return std::nullopt;
  return std::string_view(found.first, static_cast<std::size_t>(found.length()));
}

MaybeText of_header(std::span<const std::string> headers, std::size_t place) {
  if (place >= headers.size() || headers[place].empty()) return std::nullopt;
  return headers[place];
}

}  // namespace

struct AnswerValues::Source {
  ValueSource source;
  std::size_t place = 0;
  std::size_t header = 0;         // text of a header, and cookies: in AnswerPlan::headers()
  std::vector<std::string> path;  // pointer
  std::optional<boost::regex> pattern;

  // In the answer or in `room`.
  MaybeText find(std::string_view body, std::span<const std::string> headers, std::string& room) const {
    switch (source.kind) {
      case ValueSource::Kind::pointer:
        return json_value(body, path, room);
      case ValueSource::Kind::form_field:
        return html_value(body, source.place, room);
      case ValueSource::Kind::pattern:
        return match_of(*pattern, body);
      case ValueSource::Kind::cookie: {
        const auto lines = of_header(headers, header);
        const std::string_view value = lines ? cookie_value(*lines, source.place) : std::string_view();
        return value.data() == nullptr ? MaybeText() : value;
      }
      case ValueSource::Kind::text: {
        if (source.text.header.empty()) return text_at(source.text, body, room);
        const auto value = of_header(headers, header);
        const bool is_whole = source.text.after.empty() && source.text.before.empty();
        if (!value || is_whole) return value;
        return text_at(source.text, *value, room);
      }
    }
    return std::nullopt;
  }
};

AnswerValues::AnswerValues(const std::vector<ValueSource>& sources, std::vector<std::size_t> places, AnswerPlan& plan) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    auto made = std::make_unique<Source>();
    made->source = sources[i];
    made->place = places[i];
    if (sources[i].kind == ValueSource::Kind::pointer) made->path = pointer_path(sources[i].place);
    if (sources[i].kind == ValueSource::Kind::pattern) made->pattern.emplace(sources[i].place);
    if (sources[i].kind == ValueSource::Kind::cookie) made->header = plan.header_place("set-cookie");
    if (!sources[i].text.header.empty()) made->header = plan.header_place(lower(sources[i].text.header));
    sources_.push_back(std::move(made));
  }
}

AnswerValues::~AnswerValues() = default;
AnswerValues::AnswerValues(AnswerValues&&) noexcept = default;
AnswerValues& AnswerValues::operator=(AnswerValues&&) noexcept = default;

bool AnswerValues::read_body() const {
  return std::any_of(sources_.begin(), sources_.end(), [](const auto& it) {
    return it->source.kind != ValueSource::Kind::cookie && it->source.text.header.empty();
  });
}

const std::string* AnswerValues::read(std::string_view body, std::span<const std::string> headers,
                                      std::vector<std::string>& values) const {
  const std::string* missing = nullptr;
  std::string room;
  for (const auto& source : sources_) {
    const auto value = source->find(body, headers, room);
    if (value && value->size() <= ValueSource::size_max)
      values[source->place] = *value;
    else if (missing == nullptr)
      missing = &source->source.name;
  }
  return missing;
}

std::string pattern_fault(const std::string& pattern) {
  try {
    const boost::regex tried(pattern);
    return tried.mark_count() > 1 ? "has more than one group: write (?:...) for those that are not the value" : "";
  } catch (const boost::regex_error& error) {
    return error.what();
  }
}

}  // namespace sagactl
