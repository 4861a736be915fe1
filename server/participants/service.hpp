// The services of the checkout that a process runs: all of them unless --role says otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/text/spelling.hpp"

namespace sagactl {

enum class Service : std::uint8_t { order, payment, inventory, orchestrator };

template <>
struct Spelling<Service> {
  static constexpr std::string_view names[] = {"order", "payment", "inventory", "orchestrator"};
};

class Services {
 public:
  static Services all() { return Services(0b1111); }
  static Services only(Service service) { return Services(1u << static_cast<unsigned>(service)); }

  bool has(Service service) const { return bits_ >> static_cast<unsigned>(service) & 1; }
  bool is_all() const { return bits_ == 0b1111; }

 private:
  explicit Services(unsigned bits) : bits_(bits) {}
  unsigned bits_;
};

// The service that runs a command: "inventory.reserve" is the inventory's. None: the process that decides the saga.
inline std::optional<Service> service_of(std::string_view participant_command) {
  return from_string<Service>(participant_command.substr(0, participant_command.find('.')));
}

}  // namespace sagactl
