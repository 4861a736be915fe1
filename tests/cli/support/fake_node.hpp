// A node that answers what it was told to, and remembers what it was asked.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/text/json.hpp"

namespace sagactl {

struct RecordedRequest {
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

  // What is answered to "GET /path?query". Of several answers each is given once, the last for ever.
  void answer(const std::string& request, int status, const Json& body);
  // What was asked, in order.
  std::vector<RecordedRequest> requests() const;

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace sagactl
