#include "cli/configuration/global_settings.hpp"

#include "cli/flag.hpp"

namespace sagactl {
namespace {

// Without any time every server would seem to be unavailable.
Result<Duration> parse_timeout(const std::string& text) {
  auto timeout = parse_duration(text);
  if (timeout && *timeout < 1ms) return Error{ErrorCode::invalid, "'" + text + "' is too short: at least 1ms"};
  return timeout;
}

}  // namespace

void add_settings(CLI::App& root, GlobalSettings& settings) {
  const Flag flags[] = {
      add_text(root, "--url", settings.urls, "URL[,URL...]",
               "Nodes to connect to, separated by commas: http, https, unix:///SOCKET[:/PATH] [http://127.0.0.1:3000]")
          .separated_by(','),
      add_text(root, "--token", settings.token, "TOKEN",
               "Bearer token [stored by `sagactl login`, else the local node's operator token]"),
      add_text(root, "--token-file", settings.token_file, "FILE",
               "Read the token from FILE, so that it does not appear in the process list"),
      add_text(root, "--context", settings.context, "CONTEXT",
               "Named set of settings, see `sagactl context` [the current context]"),
      add_text(root, "--database", settings.database, "FILE|URL",
               "Database of the nodes: an SQLite file or postgres://... [DATABASE_*, else <data>/saga.db]"),
      add_text(root, "--data", settings.data, "DIR", "Data directory of local nodes [./sagactl-data]"),
      add_text(root, "--ca-file", settings.ca_file, "FILE",
               "For https: authorities whose certificates are trusted, PEM [those of this machine]"),
      add_text(root, "--cert", settings.certificate_file, "FILE",
               "For https: certificate of this client, PEM, with --cert-key"),
      add_text(root, "--cert-key", settings.certificate_key_file, "FILE", "Key of --cert, PEM"),
      add_switch(root, "--insecure", settings.insecure, "For https: accept any certificate, for tests alone"),
      add_text(root, "--proxy", settings.proxy, "URL",
               "HTTP proxy to connect through: http://[user:password@]host:port"),
      add_choice(root, "-o,--output", settings.format, "Output format [table]"),
      add_parsed(root, "--timeout", settings.timeout, parse_timeout, "DURATION", "Timeout of one request [10s]"),
      add_switch(root, "--wide", settings.wide, "Do not truncate or wrap output to the terminal width"),
      add_switch(root, "--no-color", settings.no_color, "Disable colours, as NO_COLOR=1 does"),
      add_switch(root, "-q,--quiet", settings.quiet, "Print only results and errors"),
      add_switch(root, "-v,--verbose", settings.verbose, "Print more details"),
  };
  for (const Flag& flag : flags) flag.in_group("Flags for every command");
}

}  // namespace sagactl
