// `sagactl-mutant --mutant NAME`: real nodes with one planted fault, for a load test to find. They keep their data in
// ./sagactl-data and run until they get a signal.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>

#include "common/text/json.hpp"
#include "tests/mutants/mutant.hpp"

namespace sagactl::mutants {
namespace {

struct Flags {
  std::string mutant = "none";
  std::uint64_t seed = 1;
  bool key_only = false;
  NodeOptions node;
};

Flags read_flags(CLI::App& app, int argc, char** argv) {
  Flags flags;
  flags.node.port = 0;
  flags.node.nodes = 3;
  flags.node.payment.success = 1;
  flags.node.payment.delay_min = 0ms;
  flags.node.payment.delay_max = 2ms;
  std::vector<std::string> names;
  for (const Mutant& mutant : mutants()) names.emplace_back(mutant.name);
  app.add_option("--mutant", flags.mutant, "What is wrong")->check(CLI::IsMember(names));
  app.add_option("--seed", flags.seed, "Decides where");
  app.add_option("--port", flags.node.port, "Of the first node; without a proxy before it [a free one]");
  app.add_option("--nodes", flags.node.nodes, "How many");
  app.add_option("--payment-success", flags.node.payment.success, "Share of charges that succeed");
  app.add_flag("--key-only", flags.key_only, "Only idempotency keys make duplicates");
  app.parse(argc, argv);
  if (flags.key_only) flags.node.dedupe = Dedupe::key_only;
  return flags;
}

// The address of a node for clients.
Result<std::string> address_of(const NodeAddress& node, const Mutant& mutant, std::uint64_t seed) {
  if (!mutant.proxy) return node.url;
  const auto node_port = static_cast<std::uint16_t>(std::stoi(node.url.substr(node.url.rfind(':') + 1)));
  const auto port = start_faulty_proxy(node_port, *mutant.proxy, seed);
  if (!port) return port.error();
  return "http://127.0.0.1:" + std::to_string(*port);
}

Result<void> serve(const Flags& flags, const sigset_t& signals) {
  const Mutant& mutant = *find_mutant(flags.mutant);
  auto parts = SharedParts::make(flags.node);
  if (!parts) return parts.error();
  mutant.plant(**parts, flags.seed);
  auto nodes = start_nodes(flags.node, std::move(parts).value());
  if (!nodes) return nodes.error();
  for (const NodeAddress& node : (*nodes)->addresses()) {
    const auto url = address_of(node, mutant, flags.seed);
    if (!url) return url.error();
    std::cout << Json{{"node", node.node}, {"url", *url}}.dump() << std::endl;
  }
  int signal = 0;
  sigwait(&signals, &signal);
  (*nodes)->stop();
  return {};
}

int run(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Nodes with a fault, for tests");
  Flags flags;
  try {
    flags = read_flags(app, argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong);
  }
  const auto served = serve(flags, signals);
  if (served) return 0;
  std::cerr << served.error().message << '\n';
  return 1;
}

}  // namespace
}  // namespace sagactl::mutants

int main(int argc, char** argv) {
  // The proxies' threads run until the process ends.
  std::quick_exit(sagactl::mutants::run(argc, argv));
}
