#include "cli/configuration/global_settings.hpp"

#include "cli/flag.hpp"

namespace sagactl {

void add_settings(CLI::App& root, GlobalSettings& settings) {
  const Flag flags[] = {
      add_text(root, "--url", settings.urls, "URL[,URL...]",
               "Nodes, as http://host:port, separated by commas [http://127.0.0.1:3000]")
          .separated_by(','),
      add_text(root, "--token", settings.token, "TOKEN",
               "Bearer token [what `sagactl login` stored, or the local node's own]"),
      add_text(root, "--token-file", settings.token_file, "FILE",
               "The same out of a file, so that it is not in the list of processes"),
      add_text(root, "--context", settings.context, "CONTEXT", "A named set of settings, see `sagactl context`"),
      add_text(root, "--database", settings.database, "FILE|URL",
               "Of the nodes: an SQLite file or postgres://... [DATABASE_*, or <data>/saga.db]"),
      add_text(root, "--data", settings.data, "DIR", "Data directory of the nodes on this machine [./sagactl-data]"),
      add_choice(root, "-o,--output", settings.format, "Form of the result [table]"),
      add_duration(root, "--timeout", settings.timeout, "Give up on a request after this time [10s]"),
      add_switch(root, "--wide", settings.wide, "Tables in their full width, whatever the terminal's"),
      add_switch(root, "--no-color", settings.no_color, "No colours (as NO_COLOR=1)"),
      add_switch(root, "-q,--quiet", settings.quiet, "Say nothing but results and errors"),
      add_switch(root, "-v,--verbose", settings.verbose, "Say more about what is done"),
  };
  for (const Flag& flag : flags) flag.in_group("For every command");
}

}  // namespace sagactl
