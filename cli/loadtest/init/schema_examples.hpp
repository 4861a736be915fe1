// Bodies that meet the JSON schemas of a description of an API.
#pragma once

#include <string>
#include <vector>

#include "common/text/json.hpp"

namespace sagactl {

class SchemaExamples {
 public:
  // The document outlives it.
  explicit SchemaExamples(const Json& document) : document_(document) {}

  // What a "$ref" within the document refers to, or the JSON itself.
  const Json& resolved(const Json& json) const;
  // The same of the first of its variants (oneOf, anyOf) that is not null; the schema itself without variants.
  const Json& first_variant(const Json& schema) const;
  // A member of a schema, after its "$ref". "" where there is none, and for the type of one that may also be null.
  std::string text_in(const Json& schema, const char* name) const;
  std::string type_of(const Json& schema) const;

  // A value for a request: the example that the description has, a field of a profile where the name tells which
  // (member_names.hpp), or what the schema allows. Where an object says which members are required, others stand only
  // with an example or a field. `name` is the member's, or "".
  Json of_request(const Json& schema, const std::string& name = {}) const;
  // As a template of a profile: in JSON, or as application/x-www-form-urlencoded.
  static std::string template_text(const Json& request);
  static std::string form_text(const Json& request);
  static std::string plain_text(const Json& value);  // of one value, without quotes

  Json of_answer(const Json& schema) const;

 private:
  enum class Use : std::uint8_t { request, answer };
  struct Place {
    Use use = Use::request;
    std::string name = {};
    std::vector<const Json*> within = {};  // the schemas around it: one that contains itself ends there
  };

  Json example(const Json& schema, const Place& place) const;
  Json object_example(const Json& schema, const Place& place) const;
  Json array_example(const Json& schema, const Place& place) const;
  Json given_example(const Json& schema, Use use) const;

  const Json& document_;
};

}  // namespace sagactl
