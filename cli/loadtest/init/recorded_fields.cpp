#include "cli/loadtest/init/recorded_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <optional>

#include "cli/loadtest/init/choose_request.hpp"
#include "cli/loadtest/init/member_names.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "loadgen/answers/html_value.hpp"

namespace sagactl {
namespace {

constexpr int recorded_depth_max = 6;
constexpr std::size_t elements_max = 20;  // of a list in an answer

// Headers that the load generator writes itself, or that belong to a browser's connection.
bool is_left_out(const std::string& name) {
  constexpr std::array names = {"host",
                                "connection",
                                "content-length",
                                "accept-encoding",
                                "transfer-encoding",
                                "cookie",
                                "user-agent",
                                "referer",
                                "origin",
                                "priority",
                                "te",
                                "upgrade-insecure-requests",
                                "cache-control",
                                "pragma",
                                "dnt",
                                "if-none-match",
                                "if-modified-since",
                                "postman-token"};
  return name.starts_with(':') || name.starts_with("sec-") || name.starts_with("x-b3-") || name == "traceparent" ||
         std::find(names.begin(), names.end(), name) != names.end();
}

bool is_secret_header(const std::string& name) {
  for (const char* part : {"api-key", "apikey", "token", "secret", "csrf", "xsrf"})
    if (name.find(part) != std::string::npos) return true;
  return name == "authorization";
}

// One that is hardly repeated by chance.
bool is_unmistakable(const std::string& text) {
  return text.size() >= 8 && text.find(' ') == std::string::npos &&
         text.find_first_of("0123456789") != std::string::npos;
}

// A value of an answer.
struct AnswerValue {
  std::size_t request = 0;
  std::string pointer, name, text;
  bool is_number = false;
  std::string field = {};   // by which it is kept; empty: it is not, so far
  bool is_of_form = false;  // the value of a form's field; `pointer` is its name
};

class RecordedValues {
 public:
  RecordedValues(const Recording& recording, std::size_t creating, const std::string& order_pointer)
      : recording_(recording), kept_(recording.requests.size()) {
    for (std::size_t i = 0; i < recording.requests.size(); ++i) {
      request_ = i;
      take(recording.requests[i].answer, "", "", 0);
    }
    for (AnswerValue& value : values_)
      if (value.request == creating && value.pointer == order_pointer) value.field = "order";
    // The order's own field comes before another that has the same value.
    std::stable_partition(values_.begin(), values_.end(), [](const AnswerValue& it) { return it.field == "order"; });
  }

  // "{cartId}": the field of the value that an answer before `request` has. A number is one only where it is meant as
  // an id. Empty: none has it.
  std::string field(std::size_t request, const std::string& text, bool is_number, bool is_for_id) {
    for (AnswerValue& value : values_) {
      const bool is_short = !is_unmistakable(text);
      if (value.request >= request || value.text != text || (is_short && !is_for_id)) continue;
      if (is_number && !value.is_number) continue;
      if (value.field.empty()) keep(value);
      return fmt::format("{{{}}}", value.field);
    }
    return {};
  }

  // The same of a field of a form, or of a <meta> element, that a page before `request` has with one of these names.
  std::string form_field(std::size_t request, const std::vector<std::string>& names, const std::string& text) {
    for (std::size_t page = request; page-- > 0;)
      for (const std::string& name : names) {
        std::string room;
        const auto found = html_value(recording_.requests[page].page, name, room);
        if (!found || *found != text || text.empty()) continue;
        for (const AnswerValue& value : values_)
          if (value.request == page && value.is_of_form && value.pointer == name)
            return fmt::format("{{{}}}", value.field);
        AnswerValue value{page, name, name, text};
        value.is_of_form = true;
        keep(value);
        values_.push_back(value);
        return fmt::format("{{{}}}", value.field);
      }
    return {};
  }

  const std::vector<ValueToKeep>& kept_of(std::size_t request) const { return kept_[request]; }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): as deep as recorded_depth_max
  void take(const Json& json, const std::string& pointer, const std::string& name, int depth) {
    if (depth > recorded_depth_max) return;
    if (json.is_object()) {
      for (const auto& [member, value] : json.items())
        take(value, pointer + "/" + pointer_part(member), member, depth + 1);
    } else if (json.is_array()) {
      for (std::size_t i = 0; i < std::min(json.size(), elements_max); ++i)
        take(json[i], fmt::format("{}/{}", pointer, i), name, depth + 1);
    } else if (json.is_string()) {
      const auto text = json.get<std::string>();
      if (is_unmistakable(text) || (names_an_id(name) && !text.empty()))
        values_.push_back({request_, pointer, name, text, false});
    } else if (json.is_number_integer() && names_an_id(name)) {
      values_.push_back({request_, pointer, name, json_text(json), true});
    }
  }

  static std::string pointer_part(std::string member) {
    replace_all(member, "~", "~0");
    replace_all(member, "/", "~1");
    return member;
  }

  // Names are of letters, and none that stands for something else.
  void keep(AnswerValue& value) {
    constexpr std::array taken = {"items", "product", "name",      "quantity", "price", "cents", "key",  "correlation",
                                  "user",  "order",   "operation", "run",      "uuid",  "now",   "data", "random"};
    std::string name;
    for (const std::string& word : words_of(value.name)) {
      std::string letters;
      for (const char c : word)
        if (std::isalpha(static_cast<unsigned char>(c)) != 0) letters += c;
      if (!name.empty() && !letters.empty()) letters[0] = upper(letters.substr(0, 1))[0];
      name += letters;
    }
    if (name.empty() || name == "id") name = "keptId";
    if (std::find(taken.begin(), taken.end(), name) != taken.end())
      name = "kept" + upper(name.substr(0, 1)) + name.substr(1);
    const std::string first = name;
    for (char suffix = 'B'; is_used(name) && suffix <= 'Z'; ++suffix) name = first + suffix;
    value.field = name;
    kept_[value.request].push_back(
        {name, value.is_of_form ? "" : value.pointer, value.is_of_form ? value.pointer : ""});
  }

  bool is_used(const std::string& name) const {
    return std::any_of(values_.begin(), values_.end(), [&](const AnswerValue& it) { return it.field == name; });
  }

  const Recording& recording_;
  std::vector<AnswerValue> values_;  // in the order of the answers
  std::vector<std::vector<ValueToKeep>> kept_;
  std::size_t request_ = 0;  // whose answer is being read
};

class Filling {
 public:
  Filling(const Recording& recording, std::size_t creating, const std::string& order_pointer)
      : recording_(recording), creating_(creating), values_(recording, creating, order_pointer) {}

  FilledRecording fill() {
    for (at_ = 0; at_ < recording_.requests.size(); ++at_) {
      const RecordedRequest& request = recording_.requests[at_];
      FilledRequest filled;
      filled.path =
          in_path(request.has_fields ? in_described_path(request) : without_fields(path_of_recorded(request)));
      filled.headers = in_headers(request);
      filled.body = in_body(request, request.has_fields ? request.body : without_fields(request.body));
      filled.parts = in_parts(request.parts);
      out_.requests.push_back(std::move(filled));
    }
    for (std::size_t i = 0; i < out_.requests.size(); ++i) out_.requests[i].keep = values_.kept_of(i);
    return std::move(out_);
  }

 private:
  void remark(const std::string& what) {
    if (std::find(out_.remarks.begin(), out_.remarks.end(), what) == out_.remarks.end()) out_.remarks.push_back(what);
  }

  std::string from_environment(const std::string& name, const char* kind, const char* why = "") {
    const std::string variable = environment_name_of(name);
    remark(fmt::format("the environment variable {}: the {} {} of {}{}", variable, kind, name,
                       shown(recording_.requests[at_]), why));
    return fmt::format("{{env:{}}}", variable);
  }

  std::string secret(const std::string& name, const char* kind) {
    return from_environment(name, kind,
                            recording_.requests[at_].has_fields ? "" : ", which is not written into the file");
  }

  // "/shops/{shopId}/orders", by a description.
  std::string in_described_path(const RecordedRequest& request) {
    std::string path = path_of_recorded(request);
    for (const auto& [name, value] : request.parameters) replace_all(path, fmt::format("{{{}}}", name), value);
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{', at + 1)) {
      const std::size_t end = path.find('}', at);
      const std::string name = path.substr(at + 1, end - at - 1);
      if (end == std::string::npos || name.starts_with("env:")) continue;
      path.replace(at, end + 1 - at, from_environment(name, "parameter"));
    }
    return path;
  }

  std::string in_path(const std::string& path) {
    const std::size_t question = path.find('?');
    std::vector<std::string> segments = split(path.substr(0, question), '/');
    for (std::string& segment : segments) {
      const auto text = percent_decode(segment);
      if (!text || text->empty()) continue;
      if (const std::string field = values_.field(at_, *text, false, true); !field.empty()) segment = field;
    }
    const std::string plain = join(segments, "/");
    return question == std::string::npos ? plain : plain + "?" + in_pairs(path.substr(question + 1), "parameter");
  }

  // "a=1&b=2", of a query or a form.
  std::string in_pairs(const std::string& text, const char* kind) {
    std::vector<std::string> pairs = split(text, '&');
    for (std::string& pair : pairs) {
      const std::size_t equals = pair.find('=');
      if (equals == std::string::npos) continue;
      const std::string name = pair.substr(0, equals);
      const auto value = percent_decode(pair.substr(equals + 1), true);
      if (!value) continue;
      if (const std::string field = field_of_pair(name, *value, kind); !field.empty())
        pair = fmt::format("{}={}", name, field);
    }
    return join(pairs, "&");
  }

  // What stands in the place of the value; empty: the value itself.
  std::string field_of_pair(const std::string& written, const std::string& value, const char* kind) {
    const std::string name = percent_decode(written, true).value_or(written);
    if (value.empty() || value.find('{') != std::string::npos) return {};
    if (at_ == creating_ && is_key_member(name)) {
      out_.has_key = true;
      return "{key}";
    }
    if (const std::string field = values_.field(at_, value, false, names_an_id(name)); !field.empty()) return field;
    if (const std::string hidden = values_.form_field(at_, {name}, value); !hidden.empty()) return hidden;
    return is_secret_member(name) ? secret(name, kind) : "";
  }

  std::vector<RecordedPart> in_parts(const std::vector<RecordedPart>& parts) {
    std::vector<RecordedPart> filled;
    for (RecordedPart part : parts) {
      const auto has_its_name = [&](const RecordedPart& other) { return other.name == part.name; };
      if (std::any_of(filled.begin(), filled.end(), has_its_name)) {
        remark(fmt::format("a second part {} of {}, which was left out: a profile has one of a name", part.name,
                           shown(recording_.requests[at_])));
        continue;
      }
      if (!part.file.empty()) remark(fmt::format("the file {}, which is read from beside the profile", part.file));
      const std::string field = field_of_pair(part.name, part.text, "part");
      part.text = field.empty() ? without_fields(part.text) : field;
      filled.push_back(std::move(part));
    }
    return filled;
  }

  // Of one request there is no log-in whose answer would set them.
  std::string in_cookies(const std::string& line) {
    std::string filled;
    for (const std::string& cookie : split(line, ';')) {
      const std::string name(trim(cookie.substr(0, cookie.find('='))));
      if (name.empty()) continue;
      filled += fmt::format("{}{}={}", filled.empty() ? "" : "; ", name, secret(name, "cookie"));
    }
    return filled;
  }

  std::vector<std::pair<std::string, std::string>> in_headers(const RecordedRequest& request) {
    std::vector<std::pair<std::string, std::string>> headers;
    std::vector<std::string> seen;
    if (request.sets_cookies) out_.has_cookies = true;
    const bool is_alone = recording_.requests.size() == 1 && !request.sets_cookies && !request.has_fields;
    for (const auto& [name, value] : request.headers) {
      const std::string small = lower(name);
      if (std::find(seen.begin(), seen.end(), small) != seen.end()) continue;
      seen.push_back(small);
      if (small == "cookie" && !is_alone) out_.has_cookies = true;
      const bool has_boundary = small == "content-type" && !request.parts.empty();
      if (small == "cookie" && is_alone)
        headers.emplace_back(name, in_cookies(value));
      else if (!is_left_out(small) && !has_boundary)
        headers.emplace_back(name, in_header(name, value, request.has_fields));
    }
    return headers;
  }

  std::string in_header(const std::string& written, const std::string& value, bool has_fields) {
    const std::string name = lower(written);
    if (at_ == creating_ && is_key_header(name) && !out_.has_key) {
      out_.has_key = true;
      return has_fields && value == "{uuid}" ? value : "{key}";
    }
    const std::size_t blank = name == "authorization" ? value.find(' ') : std::string::npos;
    const std::string scheme = blank == std::string::npos ? "" : value.substr(0, blank + 1);
    const bool is_to_fill_in = value.size() == scheme.size() || is_secret_header(name);
    if (has_fields) return is_to_fill_in ? scheme + from_environment(written, "header") : value;
    const std::string rest = value.substr(scheme.size());
    if (const std::string field = values_.field(at_, rest, false, names_an_id(name)); !field.empty())
      return scheme + field;
    // As frameworks name the element that a page's scripts read.
    if (const std::string hidden = values_.form_field(at_, {"_csrf", "csrf-token", "csrf_token", "_token"}, rest);
        is_secret_header(name) && !hidden.empty())
      return hidden;
    const bool is_field = rest.starts_with("{env:") && rest.ends_with('}');
    if (!is_secret_header(name) || is_field) return without_fields(value);
    return scheme + secret(written, "header");
  }

  std::string in_body(const RecordedRequest& request, const std::string& body) {
    const bool is_template = request.has_fields && (body.starts_with('{') || body.starts_with('['));
    if (is_template || !read_json(request.body).is_discarded()) return in_json(body);
    const bool is_form = std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
      return lower(header.first) == "content-type" && header.second.find("urlencoded") != std::string::npos;
    });
    return is_form ? in_pairs(body, "field") : body;
  }

  // The text stays as it was written but for the values.
  std::string in_json(const std::string& body) {
    std::string out, member;
    for (std::size_t at = 0; at < body.size();) {
      const std::size_t begin = at;
      if (body[at] == '"') {
        at = end_of_string(body, at);
        const std::string token = body.substr(begin, at - begin);
        const std::size_t next = body.find_first_not_of(" \t\r\n", at);
        if (next != std::string::npos && body[next] == ':') {
          member = text_of(token);
          out += token;
        } else {
          out += string_in_json(member, token);
        }
      } else if (body[at] == '-' || std::isdigit(static_cast<unsigned char>(body[at])) != 0) {
        at = std::min(body.find_first_not_of("+-.0123456789eE", at), body.size());
        const std::string token = body.substr(begin, at - begin);
        const std::string field = values_.field(at_, token, true, names_an_id(member));
        out += field.empty() ? token : field;
      } else {
        out += body[at++];
      }
    }
    return out;
  }

  std::string string_in_json(const std::string& member, const std::string& token) {
    const std::string text = text_of(token);
    if (at_ == creating_ && is_key_member(member)) {
      out_.has_key = true;
      return recording_.requests[at_].has_fields ? token : "\"{key}\"";
    }
    if (text.find('{') != std::string::npos) return token;
    if (const std::string field = values_.field(at_, text, false, names_an_id(member)); !field.empty())
      return '"' + field + '"';
    return is_secret_member(member) && !text.empty() ? '"' + secret(member, "member") + '"' : token;
  }

  static std::size_t end_of_string(const std::string& body, std::size_t at) {
    for (++at; at < body.size() && body[at] != '"'; ++at)
      if (body[at] == '\\') ++at;
    return std::min(at + 1, body.size());
  }

  static std::string text_of(const std::string& token) {
    const Json text = read_json(token);
    return text.is_string() ? text.get<std::string>() : std::string();
  }

  const Recording& recording_;
  const std::size_t creating_;
  RecordedValues values_;
  FilledRecording out_;
  std::size_t at_ = 0;  // the request that is being filled in
};

}  // namespace

std::string without_fields(std::string text) {
  for (std::size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
    std::size_t end = at + 1;
    while (end < text.size() && ((text[end] >= 'a' && text[end] <= 'z') || (text[end] >= 'A' && text[end] <= 'Z')))
      ++end;
    const bool is_field =
        end > at + 1 && end < text.size() && text[end] == '}' && !text.substr(at).starts_with("{env:");
    if (is_field) text.insert(at + 1, " ");
  }
  return text;
}

FilledRecording filled(const Recording& recording, std::size_t creating, const std::string& order_pointer) {
  return Filling(recording, creating, order_pointer).fill();
}

}  // namespace sagactl
