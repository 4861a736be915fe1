// The values of a YAML or JSON text, each with its place. What is read here has no meaning yet.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "server/definitions/problem.hpp"

namespace sagactl {

enum class SourceKind : std::uint8_t { scalar, list, object };

struct SourceValue;
using SourcePointer = std::shared_ptr<SourceValue>;

struct SourceMember {
  std::string name;
  Position at;  // of the name
  SourcePointer value;
};

struct SourceValue {
  SourceKind kind = SourceKind::scalar;
  Position at;
  Json scalar;  // null, a truth value, a number or a text
  std::vector<SourceMember> members;
  std::vector<SourcePointer> items;
  std::size_t size = 1;   // values in it, itself included
  std::size_t depth = 1;  // of nesting
};

// Limits on a definition's text, which may come from anyone.
inline constexpr std::size_t definition_bytes_max = 256 * 1024;
inline constexpr std::size_t source_depth_max = 64;
inline constexpr std::size_t source_values_max = 50'000;  // with what aliases repeat

// A text that is JSON when it begins with a brace or its file is called .json, and YAML 1.2 (core schema) otherwise.
// Null when it is neither; then `problems` says where.
SourcePointer read_source(std::string_view text, std::string_view name_of_file, std::vector<Problem>& problems);

// For read_source. The text is UTF-8 and within its limit of bytes.
SourcePointer read_yaml(std::string_view text, std::vector<Problem>& problems);
SourcePointer read_json_source(std::string_view text, std::vector<Problem>& problems);

// The value without its places; the first of two members of one name.
Json json_of(const SourceValue& value);
// "a text", "a list", ...
std::string_view kind_text(const SourceValue& value);

}  // namespace sagactl
