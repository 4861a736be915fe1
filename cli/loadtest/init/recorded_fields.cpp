#include "cli/loadtest/init/recorded_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <optional>

#include "cli/loadtest/init/choose_request.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr int recorded_depth_max = 6;
constexpr std::size_t elements_max = 20;  // of a list in an answer

// Braces that stand for themselves would be read as fields.
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

bool is_key_header(const std::string& name) {
  return name == "idempotency-key" || name == "x-idempotency-key" || name == "request-id" || name == "x-request-id";
}

bool is_secret_header(const std::string& name) {
  for (const char* part : {"api-key", "apikey", "token", "secret", "csrf", "xsrf"})
    if (name.find(part) != std::string::npos) return true;
  return name == "authorization";
}

// The words of "cartId", "cart_id" and "cart-id" are cart and id.
std::vector<std::string> words_of(const std::string& name) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool begins = std::isupper(c) != 0 && i > 0 && std::isupper(static_cast<unsigned char>(name[i - 1])) == 0;
    if ((begins || std::isalnum(c) == 0) && !words.back().empty()) words.emplace_back();
    if (std::isalnum(c) != 0) words.back() += static_cast<char>(std::tolower(c));
  }
  return words;
}

bool is_secret_member(const std::string& name) {
  const std::string plain = join(words_of(name), "");
  for (const char* part :
       {"password", "passwd", "passphrase", "secret", "apikey", "cardnumber", "accesstoken", "refreshtoken"})
    if (plain.find(part) != std::string::npos) return true;
  constexpr std::array whole = {"pwd", "pass", "pin", "otp", "cvc", "cvv", "token"};
  return std::find(whole.begin(), whole.end(), plain) != whole.end();
}

bool names_an_id(const std::string& name) {
  constexpr std::array last_words = {"id", "uuid", "guid", "token", "key", "number", "reference", "ref", "nonce"};
  const std::string last = words_of(name).back();
  return std::find(last_words.begin(), last_words.end(), last) != last_words.end();
}

// One that is hardly repeated by chance.
bool is_unmistakable(const std::string& text) {
  return text.size() >= 8 && text.find(' ') == std::string::npos &&
         text.find_first_of("0123456789") != std::string::npos;
}

std::string environment_name_of(const std::string& name) {
  const std::vector<std::string> words = words_of(name);
  return upper(join(words, "_"));
}

// A value of an answer.
struct AnswerValue {
  std::size_t request = 0;
  std::string pointer, name, text;
  bool is_number = false;
  std::string field = {};  // by which it is kept; empty: it is not, so far
};

class RecordedValues {
 public:
  RecordedValues(const Recording& recording, std::size_t creating, const std::string& order_pointer)
      : kept_(recording.requests.size()) {
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

  const std::vector<std::pair<std::string, std::string>>& kept_of(std::size_t request) const { return kept_[request]; }

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
    kept_[value.request].emplace_back(name, value.pointer);
  }

  bool is_used(const std::string& name) const {
    return std::any_of(values_.begin(), values_.end(), [&](const AnswerValue& it) { return it.field == name; });
  }

  std::vector<AnswerValue> values_;  // in the order of the answers
  std::vector<std::vector<std::pair<std::string, std::string>>> kept_;
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
      filled.path = in_path(without_fields(path_of_recorded(request)));
      filled.headers = in_headers(request);
      filled.body = in_body(request, without_fields(request.body));
      out_.requests.push_back(std::move(filled));
    }
    for (std::size_t i = 0; i < out_.requests.size(); ++i) out_.requests[i].keep = values_.kept_of(i);
    return std::move(out_);
  }

 private:
  void remark(const std::string& what) {
    if (std::find(out_.remarks.begin(), out_.remarks.end(), what) == out_.remarks.end()) out_.remarks.push_back(what);
  }

  std::string secret(const std::string& name, const char* kind) {
    const std::string variable = environment_name_of(name);
    remark(fmt::format("the environment variable {}: the {} {} of {}, which is not written into the file", variable,
                       kind, name, shown(recording_.requests[at_])));
    return fmt::format("{{env:{}}}", variable);
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
      if (!value || value->empty() || value->find('{') != std::string::npos) continue;
      if (const std::string field = values_.field(at_, *value, false, names_an_id(name)); !field.empty())
        pair = name + "=" + field;
      else if (is_secret_member(name))
        pair = name + "=" + secret(name, kind);
    }
    return join(pairs, "&");
  }

  std::vector<std::pair<std::string, std::string>> in_headers(const RecordedRequest& request) {
    std::vector<std::pair<std::string, std::string>> headers;
    std::vector<std::string> seen;
    for (const auto& [name, value] : request.headers) {
      const std::string small = lower(name);
      if (small == "cookie") out_.has_cookies = true;
      if (is_left_out(small) || std::find(seen.begin(), seen.end(), small) != seen.end()) continue;
      seen.push_back(small);
      headers.emplace_back(name, in_header(small, value));
    }
    return headers;
  }

  std::string in_header(const std::string& name, const std::string& value) {
    if (at_ == creating_ && is_key_header(name) && !out_.has_key) {
      out_.has_key = true;
      return "{key}";
    }
    const std::size_t blank = name == "authorization" ? value.find(' ') : std::string::npos;
    const std::string scheme = blank == std::string::npos ? "" : value.substr(0, blank + 1);
    const std::string rest = value.substr(scheme.size());
    if (const std::string field = values_.field(at_, rest, false, names_an_id(name)); !field.empty())
      return scheme + field;
    const bool is_field = rest.starts_with("{env:") && rest.ends_with('}');
    if (!is_secret_header(name) || is_field) return without_fields(value);
    return scheme + secret(name, "header");
  }

  std::string in_body(const RecordedRequest& request, const std::string& body) {
    if (!read_json(request.body).is_discarded()) return in_json(body);
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

FilledRecording filled(const Recording& recording, std::size_t creating, const std::string& order_pointer) {
  return Filling(recording, creating, order_pointer).fill();
}

}  // namespace sagactl
