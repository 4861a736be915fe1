// An HTTP server with prepared answers that records its requests.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/text/json.hpp"

namespace sagactl {

struct SeenRequest {
  std::string method;
  std::string path;  // with its query
  std::string token;
  Json body;
};

class FakeNode {
 public:
  FakeNode();
  ~FakeNode();
  FakeNode(const FakeNode&) = delete;
  FakeNode& operator=(const FakeNode&) = delete;

  std::string url() const;

  // Prepares an answer to "GET /path?query". Several answers are given in turn, the last one repeatedly.
  void answer(const std::string& request, int status, const Json& body);
  // The requests so far, in order.
  std::vector<SeenRequest> requests() const;

 private:
  class HttpListener;
  std::unique_ptr<HttpListener> server_;
};

}  // namespace sagactl
