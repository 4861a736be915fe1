// The schema of a saga's input: a part of JSON Schema 2020-12 (docs/definitions.md). A keyword that is not checked here
// is refused, so that none is ignored silently; nothing is fetched, and no schema or input makes a check run long.
#pragma once

#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "common/text/json.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

// What is wrong with a schema, or with an input.
struct SchemaProblem {
  std::string path;  // a JSON pointer into the schema, or into the input
  std::string message;
  std::string hint = {};

  friend bool operator==(const SchemaProblem&, const SchemaProblem&) = default;
};

// What each `$ref` of a schema leads to.
using SchemaReferences = std::unordered_map<std::string, const Json*>;

class InputSchema {
 public:
  // All problems of the schema; none: it can be made.
  static std::vector<SchemaProblem> check(const Json& schema);

  // `schema` has no problem by check().
  explicit InputSchema(Json schema);
  InputSchema(const InputSchema&) = delete;
  InputSchema& operator=(const InputSchema&) = delete;

  // What is wrong with the input, at most 20 problems; none: it is right. Thread-safe.
  std::vector<SchemaProblem> validate(const Json& input) const;

 private:
  const Json schema_;
  SchemaReferences references_;
};

// The schemas of the definitions in use, each made once. Thread-safe.
class InputSchemas {
 public:
  // Null when the definition takes any input.
  std::shared_ptr<const InputSchema> of(const DefinitionPointer& definition);

 private:
  struct Entry {
    std::weak_ptr<const SagaDefinition> definition;  // another may come to stand at the same address
    std::shared_ptr<const InputSchema> schema;
  };
  std::shared_mutex mutex_;
  std::unordered_map<const SagaDefinition*, Entry> entries_;
};

// A text that is the same for JSON values that are equal: members in the order of their names, 1.0 as 1.
std::string equality_text(const Json& json);
// The value with the members of its objects in the order of their names.
Json sorted_by_name(const Json& json);

// What the schema says of the value at `members` from `first` on, as far as it says so by `properties` alone.
struct SchemaPath {
  bool is_excluded = false;             // a level has `additionalProperties: false` and no such member
  std::size_t at = 0;                   // the level that excludes it
  std::vector<std::string> candidates;  // the members of that level
  bool may_be_missing = false;          // a level does not require it
  std::string type;                     // of the value, where the schema says exactly one
};
SchemaPath find_in_schema(const Json& schema, const std::vector<std::string>& members, std::size_t first);

}  // namespace sagactl
