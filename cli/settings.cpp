#include "cli/settings.hpp"

#include "cli/flag.hpp"

namespace sagactl {

void add_settings(CLI::App& root, Settings& settings) {
  const std::string group = "For every command";
  root.add_option("--url", settings.urls,
                  "Nodes, as http://host:port, separated by commas [http://127.0.0.1:3000]")
      ->delimiter(',')
      ->type_name("URL[,URL...]")
      ->group(group);
  root.add_option("--token", settings.token,
                  "Bearer token [what `sagactl login` stored, or the local node's own]")
      ->type_name("TOKEN")
      ->group(group);
  root.add_option("--context", settings.context, "A named set of settings, see `sagactl context`")
      ->type_name("NAME")
      ->group(group);
  root.add_option("--database", settings.database, "Of the nodes: an SQLite file or postgres://... [DATABASE_*, or <data>/saga.db]")
      ->type_name("FILE|URL")
      ->group(group);
  root.add_option("--data", settings.data, "Data directory of the nodes on this machine [./sagactl-data]")
      ->type_name("DIR")
      ->group(group);
  add_choice(root, "-o,--output", settings.format, "Form of the result [table]")->group(group);
  add_duration(root, "--timeout", settings.timeout, "Give up on a request after this time [10s]")
      ->group(group);
  root.add_flag("--no-color", settings.no_color, "No colours (as NO_COLOR=1)")->group(group);
  root.add_flag("-q,--quiet", settings.quiet, "Say nothing but results and errors")->group(group);
  root.add_flag("-v,--verbose", settings.verbose, "Say more about what is done")->group(group);
}

}  // namespace sagactl
