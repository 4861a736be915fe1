// Which participants a process is. One process may be all of them, as it is unless told otherwise.
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

// Whose command it is: "inventory.reserve" is the inventory's. None: it is carried out wherever its saga is decided.
inline std::optional<Service> service_of(std::string_view participant_command) {
  return from_string<Service>(participant_command.substr(0, participant_command.find('.')));
}

}  // namespace sagactl
