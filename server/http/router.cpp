#include "server/http/router.hpp"

#include <algorithm>

#include "common/text/percent.hpp"

namespace sagactl::http {
namespace {

using Texts = std::vector<std::string>;

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

// "{name...}": all segments that are left, at least one.
bool is_rest(std::string_view segment) {
  return is_parameter(segment) && segment.ends_with("...}");
}

// Takes the next segment off a path that begins with a slash.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

std::string_view without_last_slash(std::string_view path) {
  if (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path;
}

}  // namespace

std::string parameter_name(std::string_view segment) {
  if (!is_parameter(segment)) return {};
  segment = segment.substr(1, segment.size() - 2);
  if (segment.ends_with("...")) segment.remove_suffix(3);
  return std::string(segment);
}

std::string_view to_string(RouteAccess access) {
  switch (access) {
    case RouteAccess::anyone:
      return "anyone";
    case RouteAccess::user:
      return "user";
    case RouteAccess::merchant:
      return "merchant";
    case RouteAccess::admin:
      return "admin";
    case RouteAccess::guest:
      return "guest";
    case RouteAccess::answerer:
      return "answerer";
    case RouteAccess::loopback_only:
      return "loopback_only";
  }
  return "anyone";
}

// One node of the tree of path segments.
struct Router::PathNode {
  struct Leaf {
    const Route* route;
    Texts names;  // of the parameters on the path to it
  };
  std::vector<std::pair<std::string, std::unique_ptr<PathNode>>> literals;
  std::unique_ptr<PathNode> parameter, rest;
  std::vector<Leaf> leaves;  // one per method

  PathNode& child(std::string_view segment) {
    if (is_parameter(segment)) {
      std::unique_ptr<PathNode>& node = is_rest(segment) ? rest : parameter;
      if (!node) node = std::make_unique<PathNode>();
      return *node;
    }
    for (auto& [text, node] : literals)
      if (text == segment) return *node;
    return *literals.emplace_back(std::string(segment), std::make_unique<PathNode>()).second;
  }

  const Leaf* leaf(Method method) const {
    for (const Leaf& candidate : leaves)
      if (candidate.route->method == method) return &candidate;
    return nullptr;
  }

  // `path` is "" or begins with a slash. Depth is bounded by that of the deepest pattern.
  template <class Visit>
  bool walk(std::string_view path, Texts& values, const Visit& visit) const {
    if (path.empty()) return visit(*this);
    const std::string_view whole = path;
    const std::string_view segment = take_segment(path);
    auto decoded = percent_decode(segment);
    if (!decoded) return false;
    for (const auto& [text, node] : literals) {
      if (text == *decoded) {
        if (node->walk(path, values, visit)) return true;
        break;
      }
    }
    if (decoded->empty()) return false;
    if (parameter) {
      values.push_back(std::move(*decoded));
      if (parameter->walk(path, values, visit)) return true;
      values.pop_back();
    }
    return rest && walk_rest(whole, values, visit);
  }

  template <class Visit>
  bool walk_rest(std::string_view path, Texts& values, const Visit& visit) const {
    auto decoded = percent_decode(path.substr(1));
    if (!decoded) return false;
    values.push_back(std::move(*decoded));
    if (visit(*rest)) return true;
    values.pop_back();
    return false;
  }
};

Router::Router() : root_(std::make_unique<PathNode>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Route route) {
  if (!route.pattern.starts_with('/')) crash(("Router::add: no leading slash: " + route.pattern).c_str());
  route.index = routes_.size();
  const Route& added = routes_.emplace_back(std::move(route));
  PathNode* node = root_.get();
  Texts names;
  for (std::string_view rest = added.pattern; !rest.empty();) {
    const std::string_view segment = take_segment(rest);
    if (is_parameter(segment)) names.push_back(parameter_name(segment));
    node = &node->child(segment);
  }
  if (node->leaf(added.method)) {
    crash(("Router::add: two routes for " + std::string(to_string(added.method)) + " " + added.pattern).c_str());
  }
  node->leaves.push_back({&added, std::move(names)});
}

const Route* Router::find(Method method, std::string_view path,
                          std::vector<std::pair<std::string, std::string>>& parameters) const {
  if (!path.starts_with('/')) return nullptr;
  if (method == Method::head) method = Method::get;
  Texts values;
  const PathNode::Leaf* found = nullptr;
  const auto visit = [&](const PathNode& node) {
    found = node.leaf(method);
    return found != nullptr;
  };
  if (!root_->walk(without_last_slash(path), values, visit)) return nullptr;
  parameters.clear();
  for (std::size_t i = 0; i < values.size(); ++i) parameters.emplace_back(found->names[i], std::move(values[i]));
  return found->route;
}

std::vector<Method> Router::methods(std::string_view path) const {
  std::vector<Method> found;
  if (!path.starts_with('/')) return found;
  Texts values;
  const auto collect = [&](const PathNode& node) {
    for (const PathNode::Leaf& leaf : node.leaves)
      if (std::find(found.begin(), found.end(), leaf.route->method) == found.end()) found.push_back(leaf.route->method);
    return false;  // continue: other patterns may match the path as well
  };
  root_->walk(without_last_slash(path), values, collect);
  return found;
}

}  // namespace sagactl::http
