// A profile's query of a MongoDB database.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sagactl {

// A filter or a pipeline, and what is taken of each document that it finds.
struct MongoQuery {
  std::string collection;  // "": the query is not for MongoDB
  // MongoDB Extended JSON, with {prefix} and {run}; at most one of them is set.
  std::string filter;    // an object; "": all documents
  std::string pipeline;  // a list of stages
  // A column, and the path of its value in a document: "payment.amount", "lines.0.sku".
  std::vector<std::pair<std::string, std::string>> columns;
};

}  // namespace sagactl
