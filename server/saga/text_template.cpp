#include "server/saga/text_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "common/text/json_object.hpp"
#include "common/text/percent.hpp"

namespace sagactl {
namespace {

bool is_path_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

ValuePath parse_path(std::string_view text) {
  ValuePath path;
  while (true) {
    const auto dot = text.find('.');
    path.members.emplace_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return path;
    text.remove_prefix(dot + 1);
  }
}

// The path of "{a.b}" at the beginning of `text`; empty when what stands there is none.
std::string_view path_at(std::string_view text) {
  const auto end = text.find('}');
  if (end == std::string_view::npos || end == 1) return {};
  const std::string_view path = text.substr(1, end - 1);
  const bool is_path = std::all_of(path.begin(), path.end(), is_path_character) && path.front() != '.' &&
                       path.back() != '.' && path.find("..") == std::string_view::npos;
  return is_path ? path : std::string_view{};
}

// Appends pieces to a template; literals that follow one another become one.
class TemplateWriter {
 public:
  void literal(std::string_view text) { pending_ += text; }
  void value(std::string_view path, TextEscape escape) {
    out_.push_back({std::move(pending_), parse_path(path), escape});
    pending_.clear();
  }
  // `text`, whose paths become values; what is between them is appended by `put_literal`.
  template <class PutLiteral>
  void text(std::string_view text, TextEscape escape, const PutLiteral& put_literal) {
    while (!text.empty()) {
      const auto brace = text.find('{');
      put_literal(text.substr(0, brace));
      if (brace == std::string_view::npos) return;
      text.remove_prefix(brace);
      const std::string_view path = path_at(text);
      if (path.empty()) {
        put_literal(text.substr(0, 1));
        text.remove_prefix(1);
        continue;
      }
      value(path, escape);
      text.remove_prefix(path.size() + 2);
    }
  }
  void json(const Json& json);
  TextTemplate finish() {
    if (!pending_.empty()) out_.push_back({std::move(pending_), std::nullopt, TextEscape::json});
    return std::move(out_);
  }

 private:
  std::string pending_;
  TextTemplate out_;
};

void TemplateWriter::json(const Json& json) {
  if (json.is_string()) {
    const auto& text = json.get_ref<const std::string&>();
    const std::string_view path = !text.empty() && text.front() == '{' ? path_at(text) : std::string_view();
    if (!path.empty() && path.size() + 2 == text.size()) {
      value(path, TextEscape::json);
      return;
    }
    literal("\"");
    this->text(text, TextEscape::json_string, [this](std::string_view part) { literal(json_escaped(part)); });
    literal("\"");
  } else if (json.is_object()) {
    literal("{");
    bool is_first = true;
    for (const auto& [name, member] : json.items()) {
      if (!std::exchange(is_first, false)) literal(",");
      literal(json_text(Json(name)));
      literal(":");
      this->json(member);
    }
    literal("}");
  } else if (json.is_array()) {
    literal("[");
    for (std::size_t i = 0; i < json.size(); ++i) {
      if (i > 0) literal(",");
      this->json(json[i]);
    }
    literal("]");
  } else {
    literal(json_text(json));
  }
}

}  // namespace

std::string ValuePath::text() const {
  return fmt::format("{}", fmt::join(members, "."));
}

TextTemplate url_template(std::string_view text) {
  TemplateWriter writer;
  writer.text(text, TextEscape::url, [&](std::string_view part) { writer.literal(part); });
  return writer.finish();
}

TextTemplate json_template(const Json& json) {
  TemplateWriter writer;
  writer.json(json);
  return writer.finish();
}

std::vector<ValuePath> values_of(const TextTemplate& text) {
  std::vector<ValuePath> values;
  for (const TextPiece& piece : text)
    if (piece.value) values.push_back(*piece.value);
  return values;
}

Result<std::string> render(const TextTemplate& text, const FindValue& find) {
  std::string out;
  for (const TextPiece& piece : text) {
    out += piece.literal;
    if (!piece.value) continue;
    const Json* value = find(*piece.value);
    if (!value) return Error{ErrorCode::invalid, fmt::format("there is no {}", piece.value->text())};
    if (piece.escape == TextEscape::json) {
      out += json_text(*value);
      continue;
    }
    const bool is_text = value->is_string();
    if (piece.escape == TextEscape::url && value->is_structured())
      return Error{ErrorCode::invalid,
                   fmt::format("{} is {}; in a URL only a text, a number or a truth value can stand",
                               piece.value->text(), value->is_array() ? "a list" : "an object")};
    const std::string plain = is_text ? value->get<std::string>() : json_text(*value);
    switch (piece.escape) {
      case TextEscape::url:
        out += percent_encode(plain);
        break;
      case TextEscape::json_string:
        out += json_escaped(plain);
        break;
      default:
        out += plain;
    }
  }
  return out;
}

const Json* find_member(const Json& root, const std::vector<std::string>& members, std::size_t first) {
  const Json* at = &root;
  for (std::size_t i = first; i < members.size(); ++i) {
    const std::string& name = members[i];
    if (at->is_array()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
      if (error != std::errc() || end != name.data() + name.size() || index >= at->size()) return nullptr;
      at = &(*at)[index];
      continue;
    }
    if (!at->is_object()) return nullptr;
    const auto found = at->find(name);
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

}  // namespace sagactl
