// The one description of the command line: parsing, help, manual pages and completion are all made from it.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An entry whose `refused` is not empty belongs to a capability that is not there yet: it is parsed like the
// others and then refused with that sentence; help, manual pages and completion leave it out (shown()). To
// add a word: add a row in vocabulary*.cpp and, when it is new in kind, its number to the enum here.
#pragma once

#include "model/address.hpp"
#include "model/request.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace ctys::cli {

// The actions an entry belongs to.
class ActionSet {
 public:
  constexpr ActionSet() = default;
  template <class... A>
  explicit constexpr ActionSet(A... actions) : bits_(((1U << static_cast<unsigned>(actions)) | ... | 0U)) {}
  [[nodiscard]] constexpr ActionSet operator|(ActionSet more) const noexcept {
    more.bits_ |= bits_;
    return more;
  }
  [[nodiscard]] constexpr bool has(model::Action action) const noexcept {
    return (bits_ >> static_cast<unsigned>(action) & 1U) != 0;
  }

 private:
  std::uint32_t bits_ = 0;
};

// What stands at the place of a value or an operand, for completion.
enum class Kind : std::uint8_t {
  none,
  text,
  choice,
  number,
  time,
  type,
  address,
  column,
  file,
  directory,
  user,
  topic,
  shell,
  host
};

enum class Operands : std::uint8_t {
  none,
  machines,
  one_or_more,
  attribute,
  query,
  words,
  groups,
  hosts,
  targets,
  jobs,
  persist
};

// ctys ACTION, and -a ACTION.
struct ActionWord {
  model::Action action{};
  std::string_view name;     // of the modern grammar
  std::string_view classic;  // of -a; empty: there is none
  Operands operands{};
  std::string_view usage;    // what follows the name: "ADDRESS... [OPTION]..."
  std::string_view summary;  // one line, no full stop
};

// Words people bring along: NAME stands for "ACTION OPTIONS".
struct Alias {
  std::string_view name;
  model::Action action{};
  std::string_view options;  // blank separated, in the modern grammar; may be empty
  std::string_view summary;
};

// Words of the modern grammar that are no actions on machines: help, completion.
struct Extra {
  std::string_view name;
  std::string_view usage;
  std::string_view summary;
  Kind operand{};
};

// Names of the executable: ctys-NAME is `ctys NAME`.
struct Companion {
  std::string_view name;  // without "ctys-"
  std::string_view summary;
  std::string_view refused;
};

// Long options of the modern grammar.
enum class Opt : std::uint8_t {
  all,
  all_users,
  append,
  base,
  boot,
  both,
  client,
  columns,
  connect,
  console,
  database,
  deadline,
  delay,
  display,
  escape,
  filter,
  force,
  format,
  geometry,
  help,
  initrd,
  inventory,
  json,
  kernel,
  method,
  no_header,
  no_wait,
  plan,
  quick_list,
  quick_tab,
  reconnect,
  resume,
  reuse,
  reverse,
  self,
  server,
  sort,
  state,
  tunnel,
  type,
  unique,
  user,
  verbose,
  version,
  wait,
  here,
  // the inventory's
  batch,
  cache,
  compat,
  diagnostics,
  input,
  internal,
  load,
  login,
  output,
  reachable,
  reduce,
  remote,
  runtime,
  show,
  statistics,
  topic,
  // vdbgen
  schedule,
  cache_db,
  data_cache,
  file_context,
  keep_files,
  load_type,
  no_splitted,
  progress,
  progress_all,
  replace,
  scan_all_states,
  splitted,
  stdio,
  threads,
  // macmap
  default_database,
  from,
  host_syntax,
  ip_column,
  mac_column,
  name_column,
  print,
  quiet,
  upper,
  // groups
  depth,
  files,
  folders,
  list_groups,
  mode,
  terse,
  on,
  via,
  no_copy,
  chain,
  hops,
  persist,
  persist_for,
  fanout,
  fresh,
  cached,
  max_age,
  yes,
  list_copies,
  remove_copies,
  background,
  done,
  // vping
  ssh,
  expanded,
  resolve,
  no_check,
  paste,
  names,
  addresses,
  ping_trials,
  ping_timeout,
  ssh_trials,
  ssh_timeout
};

// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): members stand in the order in which a row is read
struct LongOption {
  Opt id{};
  std::string_view name;   // without dashes
  char letter = '\0';      // short form, '\0': none
  std::string_view value;  // placeholder of its value, empty: it has none
  Kind kind{};
  std::string_view choices;  // '|'-separated, of Kind::choice
  bool repeatable = false;
  std::string_view group;  // heading in help: Machines, Hosts, Action, Console, Waiting, Output, General
  ActionSet actions;
  std::string_view help;  // one line, no full stop
  std::string_view refused;
  bool hidden = false;  // accepted, but not shown: an old spelling
};

// --NAME
[[nodiscard]] inline std::string name_of(const LongOption& option) {
  return "--" + std::string(option.name);
}

// Single-letter options of the classic grammar.
struct ClassicOption {
  char letter = '\0';
  std::string_view value;  // empty: it has none
  Kind kind{};
  std::string_view help;
  std::string_view refused;  // every use of it
};

// Suboptions of -a ACTION=SUBOPTION,... that are no address keys and no output fields.
enum class Sub : std::uint8_t {
  // CREATE
  connect,
  reuse,
  reconnect,
  resume,
  console,
  boot_mode,
  ping,
  ssh_ping,
  wait_client,
  wait_server,
  user,
  install_mode,
  kernel,
  // CANCEL
  all,
  force,
  stack,
  self,
  reset,
  reboot,
  init,
  pause,
  suspend,
  power_off,
  timeout,
  // CANCEL and LIST
  client,
  server,
  tunnel,
  both,
  // output
  title,
  title_index,
  title_letters,
  machine,
  max_key,
  none,
  terse,
  ip,
  sort,
  package,
  tab_tcp,
  tab_gen,
  rec,
  spec,
  xml,
  json,
  // ENUMERATE
  match_state,
  // whatever is refused
  other
};

struct Suboption {
  Sub id{};
  std::string_view words;     // '|'-separated, the long form first
  std::string_view argument;  // as it is written behind the word, "[:delay]"; empty: it has none
  ActionSet actions;
  std::string_view help;
  std::string_view refused;
};

// The keys of a machine address.
using model::address_keys;
using model::AddressKey;

// Session types that have a name but no plugin yet. Other words are taken as they are: a plugin may have any
// name.
struct TypeWord {
  std::string_view name;
  std::string_view refused;
};

[[nodiscard]] std::span<const ActionWord> actions();
[[nodiscard]] std::span<const Alias> aliases();
[[nodiscard]] std::span<const Extra> extras();
[[nodiscard]] std::span<const Companion> companions();
[[nodiscard]] std::span<const LongOption> long_options();
[[nodiscard]] std::span<const ClassicOption> classic_options();
[[nodiscard]] std::span<const Suboption> suboptions();
[[nodiscard]] std::span<const TypeWord> types();

[[nodiscard]] const ActionWord& word_of(model::Action action);
// Is `word` one of the '|'-separated `words`? ASCII case ignored.
[[nodiscard]] bool is_one_of(std::string_view word, std::string_view words) noexcept;
// The long form: what stands before the first '|'.
[[nodiscard]] std::string_view long_form(std::string_view words) noexcept;

template <class Entry>
[[nodiscard]] constexpr bool shown(const Entry& entry) noexcept {
  return entry.refused.empty();
}
[[nodiscard]] constexpr bool shown(const LongOption& entry) noexcept {
  return entry.refused.empty() && !entry.hidden;
}

// The sentences of refusal that are used in more than one place.
namespace refusal {
inline constexpr std::string_view kRemote =
    "this way of working with other hosts: ctys asks them with --on HOST or a trailing HOST only so far";
inline constexpr std::string_view kHostWord = "other hosts are named with --on";
inline constexpr std::string_view kChain =
    "gateways that log in by themselves (--chain): vdbgen, doctor and distribute go to each host from here "
    "so far";
inline constexpr std::string_view kStacks = "stacks of machines: ctys works on single machines only so far";
inline constexpr std::string_view kDesktop =
    "desktop placement: ctys opens windows on the current desktop of one screen only so far";
inline constexpr std::string_view kSessions =
    "login and desktop sessions (CLI, X11, VNC, RDP): ctys handles virtual machines of libvirt only so far";
inline constexpr std::string_view kHypervisors =
    "hypervisors other than QEMU: ctys handles virtual machines of libvirt's QEMU and test drivers only so "
    "far";
inline constexpr std::string_view kMachines = "physical machines: ctys handles virtual machines only so far";
inline constexpr std::string_view kInventory =
    "the inventory database: ctys asks the hypervisors of this host directly so far";
inline constexpr std::string_view kDataCache =
    "the cache of collected data: ctys asks the hypervisors of this host directly so far";
inline constexpr std::string_view kNested =
    "nested machines: ctys looks at this host's own machines only so far";
inline constexpr std::string_view kPrivileges =
    "sudo and ksu on the target: ctys acts with the rights of the calling user only so far";
inline constexpr std::string_view kInstall =
    "installation of guests: ctys starts installed machines only so far";
inline constexpr std::string_view kUsb =
    "booting from USB: ctys boots from disk, CD, floppy, network or kernel so far";
inline constexpr std::string_view kConsoles =
    "this console: ctys opens CLI, XTERM, GTERM and VNC consoles only so far";
inline constexpr std::string_view kNames =
    "names instead of addresses (DNS): ctys shows the addresses of guests as they are known only so far";
inline constexpr std::string_view kForce =
    "force (-f): there are no minor warnings it could pass over; CANCEL has FORCE";
inline constexpr std::string_view kDiagnostics =
    "diagnostics by pattern, range, subsystem or file: ctys chooses diagnostics by level only so far";
inline constexpr std::string_view kTools = "this companion tool: it is not part of ctys so far";
}  // namespace refusal

}  // namespace ctys::cli
