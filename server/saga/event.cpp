#include "server/saga/event.hpp"

#include "common/json_object.hpp"

namespace sagactl {

std::string asked_by(const std::string& user) {
  return user.empty() ? std::string() : JsonObject().add("by", user).take();
}

}  // namespace sagactl
