// Whether all live nodes on the database have the same secrets.
#include <map>

#include "cli/dependencies/database.hpp"
#include "cli/doctor/finding.hpp"
#include "common/text/text.hpp"

namespace sagactl {

void inspect_shared_secrets(const Invocation& invocation, DoctorFindings& findings) {
  const auto database = find_database(invocation);
  if (!database) return;  // reported by inspect_database()
  const auto source = open_history(*database);
  if (!source) return;
  const auto history = (*source)->snapshot();
  const auto nodes = history ? (*history)->nodes() : Result<std::vector<NodeInfo>>(history.error());
  if (!nodes) return;
  std::map<std::string, std::vector<std::string>> by_fingerprint;
  std::size_t live = 0;
  for (const NodeInfo& node : *nodes)
    if (node.live && !node.fingerprint.empty() && ++live > 0) by_fingerprint[node.fingerprint].push_back(node.name);
  if (live < 2) return;
  if (by_fingerprint.size() == 1) {
    findings.push_back({"secrets of the nodes", CheckResult::ok, "all live nodes have the same secrets"});
    return;
  }
  std::vector<std::string> groups;
  for (const auto& [fingerprint, names] : by_fingerprint) groups.push_back(join(names, ", "));
  findings.push_back({"secrets of the nodes", CheckResult::fail,
                      "differ: nodes reject each other's tokens: " + join(groups, " | "),
                      "set the same JWT_SECRET and JWT_REFRESH_SECRET for all nodes"});
}

}  // namespace sagactl
