// The words of both grammars: actions, aliases, companions, options, address keys, types.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/vocabulary.hpp"

#include "base/text.hpp"
#include "cli/vocabulary_filling.hpp"
#include "cli/vocabulary_hosts.hpp"
#include "cli/vocabulary_inventory.hpp"
#include "cli/vocabulary_names.hpp"

#include <array>

namespace ctys::cli {
namespace {

using model::Action;

constexpr ActionSet kAll{Action::create,    Action::cancel,  Action::list,      Action::enumerate,
                         Action::info,      Action::show,    Action::is_active, Action::client_port,
                         Action::attribute, Action::plugins, Action::vdbgen,    Action::doctor};
constexpr ActionSet kKeeps{Action::create,  Action::cancel,    Action::list,      Action::enumerate,
                           Action::info,    Action::show,      Action::is_active, Action::client_port,
                           Action::plugins, Action::attribute, Action::vdbgen};
constexpr ActionSet kAnywhere = kAll | ActionSet{Action::distribute};
constexpr ActionSet kChained{Action::list,      Action::enumerate,   Action::info,    Action::show,
                             Action::is_active, Action::client_port, Action::plugins, Action::create,
                             Action::cancel,    Action::attribute};
constexpr ActionSet kNotChained{Action::vdbgen, Action::doctor, Action::distribute};
constexpr ActionSet kEvery = kAnywhere | ActionSet{Action::macmap, Action::groups, Action::import,
                                                   Action::vping,  Action::jobs,   Action::persist};
constexpr ActionSet kGroups{Action::groups};
constexpr ActionSet kCreate{Action::create};
constexpr ActionSet kCancel{Action::cancel};
constexpr ActionSet kAddressed{Action::create,      Action::cancel,    Action::is_active,
                               Action::client_port, Action::attribute, Action::show};
constexpr ActionSet kList{Action::list};
constexpr ActionSet kEnumerate{Action::enumerate};
constexpr ActionSet kPlugins{Action::plugins};
constexpr ActionSet kTables{Action::list,      Action::enumerate,  Action::info,   Action::show,
                            Action::attribute, Action::plugins,    Action::macmap, Action::doctor,
                            Action::import,    Action::distribute, Action::jobs,   Action::persist};
constexpr ActionSet kResults = kTables | ActionSet{Action::create, Action::cancel, Action::vdbgen};
constexpr ActionSet kAnswers{Action::is_active, Action::client_port};  // a line of their own, or JSON

// clang-format off
constexpr std::array kActions{
    ActionWord{Action::create, "create", "CREATE", Operands::one_or_more, "ADDRESS... [OPTION]...",
      "start a machine and open its console"},
    ActionWord{Action::cancel, "cancel", "CANCEL", Operands::machines, "(ADDRESS... | --all) [OPTION]...",
      "stop, reset, pause or suspend a machine"},
    ActionWord{Action::list, "list", "LIST", Operands::machines, "[ADDRESS]... [OPTION]...",
      "list running machines and their consoles"},
    ActionWord{Action::enumerate, "enumerate", "ENUMERATE", Operands::machines, "[ADDRESS]... [OPTION]...",
      "list stored machines, running or not"},
    ActionWord{Action::info, "info", "INFO", Operands::none, "[OPTION]...",
      "report what this host is and what it can run"},
    ActionWord{Action::show, "show", "SHOW", Operands::machines, "[ADDRESS]... [OPTION]...",
      "report the present load of this host and its machines"},
    ActionWord{Action::is_active, "isactive", "ISACTIVE", Operands::one_or_more, "ADDRESS... [OPTION]...",
      "tell whether a machine runs"},
    ActionWord{Action::client_port, "getclientport", "GETCLIENTPORT", Operands::one_or_more,
      "ADDRESS... [OPTION]...", "print the port a viewer connects to"},
    ActionWord{Action::attribute, "attribute", "", Operands::attribute,
      "[list] ADDRESS... | get ADDRESS KEY | set ADDRESS KEY=VALUE | delete ADDRESS KEY",
      "read and write what ctys knows about a machine"},
    ActionWord{Action::plugins, "plugins", "", Operands::none, "[OPTION]...",
      "list the plugins, whether they are usable, and why not"},
    ActionWord{Action::doctor, "doctor", "", Operands::hosts, "[TARGET]... [OPTION]...",
      "find out what keeps this host, or others, from working with ctys"},
    ActionWord{Action::import, "import", "", Operands::hosts, "[TARGET]... [OPTION]...",
      "add the hosts that are known somewhere to the group all"},
    ActionWord{Action::distribute, "distribute", "", Operands::hosts, "TARGET... [OPTION]...",
      "copy ctys to other hosts, tell which copies are there, remove them"},
    ActionWord{Action::vping, "vping", "", Operands::targets, "[TARGET]... [OPTION]...",
      "check which hosts answer, and to which one can log in"},
    ActionWord{Action::vhost, "vhost", "", Operands::query, "[TERM]... [OPTION]...",
      "look machines up in the inventory"},
    ActionWord{Action::find, "find", "", Operands::query, "[COLUMN:PATTERN]... [OPTION]...",
      "search the inventory by columns"},
    ActionWord{Action::vdbgen, "vdbgen", "", Operands::none, "[OPTION]... [TARGET]...",
      "fill the inventory with the machines of this host, or of others"},
    ActionWord{Action::macmap, "macmap", "", Operands::words, "[WORD]... [--from SOURCE]... [OPTION]...",
      "look up MAC addresses, names and addresses, or collect them"},
    ActionWord{Action::groups, "groups", "", Operands::groups,
      "[list] [NAME]... | tree [NAME]... | expand TARGET... | fold TARGET... | count TARGET...",
      "list groups of hosts, and what they stand for"},
    ActionWord{Action::jobs, "jobs", "", Operands::jobs,
      "[list] | show JOB | wait JOB... | cancel JOB... | remove (JOB... | --done) [OPTION]...",
      "list what runs in the background, show what it said, wait for it, end it"},
    ActionWord{Action::persist, "persist", "", Operands::persist, "[list] | end [OPTION]...",
      "list the connections that were kept by --persist, end them"},
};
// clang-format on

constexpr std::string_view kFormats = "table|tab_tcp|tab_gen|rec|spec|xml|terse|machine|json";
constexpr std::string_view kMethods = "poweroff|reset|reboot|pause|suspend|init:N";
constexpr std::string_view kConsoleKinds = "cli|xterm|gterm|vnc|none";
constexpr std::string_view kBootModes = "hdd|cd|pxe|fdd|kernel";
constexpr std::string_view kWaits = "none|running|net|ssh|agent";

constexpr std::string_view kMachineGroup = "Machines";
constexpr std::string_view kHostGroup = "Hosts";
constexpr std::string_view kActionGroup = "Action";
constexpr std::string_view kConsoleGroup = "Console";
constexpr std::string_view kWaitGroup = "Waiting";
constexpr std::string_view kOutputGroup = "Output";
constexpr std::string_view kGeneralGroup = "General";

// clang-format off
constexpr std::array kMachineOptions{
    // which machines
    LongOption{Opt::type, "type", 't', "TYPE[,TYPE]", Kind::type, {}, true, kMachineGroup, kAll,
      "only these session types; all: every type there is", {}},
    LongOption{Opt::all, "all", 'a', {}, Kind::none, {}, false, kMachineGroup, kList, "stopped machines too", {}},
    LongOption{Opt::all, "all", 'a', {}, Kind::none, {}, false, kMachineGroup, kCancel, "every running machine of the types and users chosen", {}},
    LongOption{Opt::user, "user", 'u', "NAME", Kind::user, {}, true, kMachineGroup, ActionSet{Action::list,
      Action::cancel}, "only machines of this user", {}},
    LongOption{Opt::all_users, "all-users", '\0', {}, Kind::none, {}, false, kMachineGroup, kCancel,
      "machines of every user, with --all", {}},
    LongOption{Opt::base, "base", 'b', "DIRECTORY", Kind::directory, {}, true, kMachineGroup, kEnumerate,
      "look for machine files below this directory", {}},
    LongOption{Opt::state, "state", '\0', "WORD[,WORD]", Kind::choice,
      "active|backup|disabled|empty|template|testdummy|ignore|enabled|present|all", true, kMachineGroup,
      kEnumerate, "only machines whose VMSTATE attribute is one of these", {}},
    LongOption{Opt::inventory, "inventory", '\0', "WHERE", Kind::choice, "off|both|only", false,
      kMachineGroup, kAddressed, "where addresses are looked up: not in the inventory, in it and at the hypervisors "
      "(the default), or in it alone", {}},
    LongOption{Opt::database, "database", '\0', "DIRECTORY[:DIRECTORY]", Kind::directory, {}, false,
      kMachineGroup, kAddressed, "folders of the inventory", {}},
    LongOption{Opt::on, "on", 'o', "HOST[,HOST]", Kind::host, {}, true, kHostGroup, kAnywhere, "on these hosts, by SSH: [USER@]HOST[:PORT], lab[1-9], groups @lab and sets of them; localhost is this one", {}},
    LongOption{Opt::via, "via", '\0', "HOST[,HOST]", Kind::host, {}, false, kHostGroup, kAnywhere, "through these hosts, the nearest first", {}},
    LongOption{Opt::chain, "chain", '\0', {}, Kind::none, {}, false, kHostGroup, kChained, "each of the hosts of --via logs in to the next by itself, with its own keys, and the last one asks all targets", {}},
    LongOption{Opt::chain, "chain", '\0', {}, Kind::none, {}, false, kHostGroup, kNotChained, "gateways log in by themselves", refusal::kChain, true},
    LongOption{Opt::hops, "hops", 'x', "HOW", Kind::choice, "star|chain", false, kHostGroup, kChained, "how the hosts of --via are gone through: star, each with the keys of this host (the default), or chain, as --chain", {}},
    LongOption{Opt::no_copy, "no-copy", '\0', {}, Kind::none, {}, false, kHostGroup, kAll, "use the ctys that is installed there; never copy this one", {}},
    LongOption{Opt::persist, "persist", '\0', {}, Kind::none, {}, false, kHostGroup, kKeeps, "keep the connections for the next calls with --persist, and use those that were kept; for 10 minutes, or --persist=TIME", {}},
    LongOption{Opt::persist_for, "persist-for", '\0', "TIME", Kind::time, {}, false, kHostGroup, kKeeps, "as --persist=TIME", {}, true},
    LongOption{Opt::fanout, "fanout", '\0', "N", Kind::number, {}, false, kHostGroup, kAnywhere, "connections set up at the same time, 64 by default", {}},
    LongOption{Opt::fresh, "fresh", '\0', {}, Kind::none, {}, false, kHostGroup, kList, "only what hosts answer now, nothing from the inventory", {}},
    LongOption{Opt::cached, "cached", '\0', {}, Kind::none, {}, false, kHostGroup, kList, "ask nobody: the machines that the inventory knows there, with their age", {}},
    LongOption{Opt::max_age, "max-age", '\0', "TIME", Kind::number, {}, false, kHostGroup, kList, "as --cached for other hosts that were scanned within this time: 10m, 2h", {}},
    // CREATE
    LongOption{Opt::reuse, "reuse", 'r', {}, Kind::none, {}, false, kActionGroup, kCreate,
      "attach if it runs, otherwise start it", {}},
    LongOption{Opt::connect, "connect", 'c', {}, Kind::none, {}, false, kActionGroup, kCreate,
      "attach to a running machine; an error if it does not run", {}},
    LongOption{Opt::reconnect, "reconnect", '\0', {}, Kind::none, {}, false, kActionGroup, kCreate,
      "as --reuse, but close its other clients first", {}},
    LongOption{Opt::resume, "resume", '\0', {}, Kind::none, {}, false, kActionGroup, kCreate,
      "continue a paused or suspended machine", {}},
    LongOption{Opt::boot, "boot", '\0', "MODE[:PATH]", Kind::choice, kBootModes, false, kActionGroup,
      kCreate, "boot from this medium, this once", {}},
    LongOption{Opt::kernel, "kernel", '\0', "FILE", Kind::file, {}, false, kActionGroup, kCreate,
      "boot this kernel image, this once", {}},
    LongOption{Opt::initrd, "initrd", '\0', "FILE", Kind::file, {}, false, kActionGroup, kCreate,
      "initial RAM disk for --kernel", {}},
    LongOption{Opt::append, "append", '\0', "TEXT", Kind::text, {}, false, kActionGroup, kCreate,
      "command line for --kernel", {}},
    LongOption{Opt::console, "console", '\0', "KIND", Kind::choice, kConsoleKinds, false, kConsoleGroup,
      kCreate, "which console to open: cli in this terminal, xterm or gterm in a window, vnc, or none", {}},
    LongOption{Opt::escape, "escape", 'e', "KEY", Kind::text, {}, false, kConsoleGroup, kCreate,
      "key that leaves the text console, ^] by default", {}},
    LongOption{Opt::display, "display", '\0', "DISPLAY", Kind::text, {}, false, kConsoleGroup, kCreate,
      "local X display for windows, :0 for example", {}},
    LongOption{Opt::geometry, "geometry", 'g', "WxH+X+Y", Kind::text, {}, false, kConsoleGroup, kCreate,
      "size and place of the window", {}},
    // CANCEL
    LongOption{Opt::method, "method", 'm', "METHOD", Kind::choice, kMethods, false, kActionGroup, kCancel,
      "what to do; poweroff (an orderly shutdown) by default", {}},
    LongOption{Opt::force, "force", 'f', {}, Kind::none, {}, false, kActionGroup, kCancel,
      "act on the hypervisor at once, do not ask the guest; of a machine that is off, drop its saved state", {}},
    LongOption{Opt::self, "self", '\0', {}, Kind::none, {}, false, kActionGroup, kCancel,
      "then end this host too, once no machine runs on it any more; by poweroff or reboot only", {}},
    LongOption{Opt::delay, "delay", '\0', "TIME", Kind::time, {}, false, kActionGroup, kCancel,
      "time the guest has to shut down before its power is taken, 20s by default", {}},
    LongOption{Opt::client, "client", '\0', {}, Kind::none, {}, false, kActionGroup, kCancel,
      "only its viewers and consoles", {}},
    LongOption{Opt::server, "server", '\0', {}, Kind::none, {}, false, kActionGroup, kCancel,
      "only the machine, not its viewers and consoles", {}},
    LongOption{Opt::both, "both", '\0', {}, Kind::none, {}, false, kActionGroup, kCancel,
      "the machine with its viewers and consoles, the default", {}},
    // LIST
    LongOption{Opt::client, "client", '\0', {}, Kind::none, {}, false, kMachineGroup, kList,
      "only viewers and consoles", {}},
    LongOption{Opt::server, "server", '\0', {}, Kind::none, {}, false, kMachineGroup, kList, "only machines",
      {}},
    LongOption{Opt::tunnel, "tunnel", '\0', {}, Kind::none, {}, false, kMachineGroup, kList, "only tunnels",
      refusal::kRemote},
    LongOption{Opt::both, "both", '\0', {}, Kind::none, {}, false, kMachineGroup, kList,
      "machines, viewers and consoles, the default", {}},
    // groups
    LongOption{Opt::mode, "mode", 'm', "MODE", Kind::choice, "1|2|3|4|5|5x|6|6u|7|7u|8|8u", false, kOutputGroup, kGroups,
      "1 the groups with their sizes; 2 members with options, 3 one a line; 4 targets to paste, 5 calls to paste, 5x "
      "numbered; 6 accounts one a line, 7 in a row; 8 host names; 6u 7u 8u each once", {}},
    LongOption{Opt::terse, "terse", 'X', {}, Kind::none, {}, false, kOutputGroup, kGroups,
      "on one line, blanks between the words", {}},
    LongOption{Opt::depth, "depth", 'D', "N", Kind::number, {}, false, kOutputGroup, kGroups,
      "only so many levels of a tree", {}},
    LongOption{Opt::list_groups, "list-groups", 'l', {}, Kind::none, {}, false, kOutputGroup, kGroups,
      "old spelling of --mode 1", {}, true},
    LongOption{Opt::folders, "folders", 'S', {}, Kind::none, {}, false, kOutputGroup, kGroups,
      "old option: the tree of folders", {}, true},
    LongOption{Opt::files, "files", 'F', {}, Kind::none, {}, false, kOutputGroup, kGroups,
      "old option: the tree of folders and files", {}, true},
    // waiting
    LongOption{Opt::wait, "wait", 'w', "LEVEL", Kind::choice, kWaits, false, kWaitGroup, kCreate,
      "return when the machine has come so far; running by default", {}},
    LongOption{Opt::no_wait, "no-wait", '\0', {}, Kind::none, {}, false, kWaitGroup,
      ActionSet{Action::create, Action::cancel}, "return when the request has been made", {}},
    LongOption{Opt::deadline, "deadline", '\0', "TIME", Kind::time, {}, false, kWaitGroup, kAnywhere | ActionSet{Action::jobs, Action::macmap, Action::import},
      "give up after this time: 10, 10s, 500ms, 2m", {}},
    LongOption{Opt::background, "background", '\0', {}, Kind::none, {}, false, kWaitGroup, kAnywhere,
      "as a job that outlives the terminal: print its number and return at once, see ctys help jobs", {}},
    LongOption{Opt::done, "done", '\0', {}, Kind::none, {}, false, kActionGroup, ActionSet{Action::jobs},
      "with remove: every job that has ended", {}},
    // output
    LongOption{Opt::json, "json", 'j', {}, Kind::none, {}, false, kOutputGroup, kEvery,
      "same as --format json", {}},
    LongOption{Opt::format, "format", 'F', "FORMAT", Kind::choice, "json", false, kOutputGroup, kAnswers,
      "form of the output: json, or the line of text it is anyway", {}},
    LongOption{Opt::format, "format", 'F', "FORMAT", Kind::choice, kFormats, false, kOutputGroup, kResults | kVping,
      "form of the output", {}},
    LongOption{Opt::columns, "columns", 'C', "NAME[,NAME]", Kind::column, {}, true, kOutputGroup, kTables | kVping,
      "these columns in this order; NAME:WIDTH limits one", {}},
    LongOption{Opt::no_header, "no-header", 'H', {}, Kind::none, {}, false, kOutputGroup, kResults | kVping,
      "leave out the titles", {}},
    LongOption{Opt::filter, "filter", '\0', "[COLUMN:]PATTERN", Kind::column, {}, true, kOutputGroup,
      kTables | kVping, "only rows that match: type:qemu state:running os:debian*", {}},
    LongOption{Opt::sort, "sort", 's', "COLUMN", Kind::column, {}, false, kOutputGroup, kTables,
      "sort by this column", {}},
    LongOption{Opt::reverse, "reverse", '\0', {}, Kind::none, {}, false, kOutputGroup, kTables | kVping,
      "sort downwards", {}},
    LongOption{Opt::unique, "unique", '\0', {}, Kind::none, {}, false, kOutputGroup, kTables | kVping,
      "leave out equal rows", {}},
    LongOption{Opt::quick_tab, "quick-tab", '\0', {}, Kind::none, {}, false, kOutputGroup, kPlugins,
      "old spelling of --format table", {}, true},
    LongOption{Opt::quick_list, "quick-list", '\0', {}, Kind::none, {}, false, kOutputGroup, kPlugins,
      "old spelling of --format terse", {}, true},
    LongOption{Opt::type, "load-type", 'T', "TYPE[,TYPE]", Kind::type, {}, true, kMachineGroup, kPlugins,
      "old spelling of --type", {}, true},
    LongOption{Opt::quick_list, "terse", 'X', {}, Kind::none, {}, false, kOutputGroup, kResults,
      "old spelling of --format terse", {}, true},
    LongOption{Opt::here, "execute-here", 'E', {}, Kind::none, {}, false, kGeneralGroup, kPlugins,
      "old option: on this host", {}, true},
    // general
    LongOption{Opt::plan, "plan", 'n', {}, Kind::none, {}, false, kGeneralGroup, kAnywhere,
      "print what would be done and stop", {}},
    LongOption{Opt::verbose, "verbose", 'v', {}, Kind::none, {}, true, kGeneralGroup, kEvery,
      "say more about what goes on; twice: everything", {}},
    LongOption{Opt::help, "help", 'h', {}, Kind::none, {}, false, kGeneralGroup, kEvery, "explain this action",
      {}},
    LongOption{Opt::version, "version", 'V', {}, Kind::none, {}, true, kGeneralGroup, kEvery,
      "print the version", {}},
};
// clang-format on
// What only few actions have stands first: the headings of their help come in that order.
constexpr auto kLongOptions =
    joined(kHostsOptions, joined(kFillingOptions, joined(kMachineOptions, kInventoryOptions)));

// clang-format off
constexpr std::array kClassicOptions{
    ClassicOption{'a', "ACTION[=SUBOPTION,...]", Kind::text, "the action", {}},
    ClassicOption{'A', "on|off", Kind::choice, "allow what is ambiguous: a second session of the same label",
      {}},
    ClassicOption{'b', "sync|async[,seq|par]", Kind::choice, "wait for the end (sync), or not: async makes it a job, see ctys jobs; seq: one host and one machine after the other, par: at the same time", {}},
    ClassicOption{'c', "off|both|local|remote|only", Kind::choice, "where the inventory is used", {}},
    ClassicOption{'C', "off|on|...", Kind::choice, "cache of collected data", {}},
    ClassicOption{'d', "LEVEL[,...]", Kind::number, "diagnostics: 0 warnings, 1 also what happens, 2 and larger everything; W:0 no warnings, I:0 or I:2 less "
      "or more of what happens, PFIN everything", {}},
    ClassicOption{'D', ":N[.M]", Kind::text, "local X display for windows", {}},
    ClassicOption{'E', {}, Kind::none, "execute here", {}},
    ClassicOption{'f', {}, Kind::none, "force: pass over minor warnings", refusal::kForce},
    ClassicOption{'F', "VERSION", Kind::text, "version the far side must have", refusal::kRemote},
    ClassicOption{'g', "WxH+X+Y", Kind::text, "size and place of the console's window", {}},
    ClassicOption{'h', {}, Kind::none, "short help", {}},
    ClassicOption{'H', "TOPIC", Kind::topic, "help on a topic", {}},
    ClassicOption{'j', "ID", Kind::text, "job of a call by another host", refusal::kRemote},
    ClassicOption{'k', "REUSE:0|1|2", Kind::choice, "reuse of running layers of a stack", refusal::kStacks},
    ClassicOption{'l', "USER", Kind::user, "login of remote targets", {}},
    ClassicOption{'L', "DISPLAYFORWARDING|SERVERONLY|...", Kind::choice,
      "where server and client run: SERVERONLY starts without a console", {}},
    ClassicOption{'M', "TEXT", Kind::text, "print this before the output", {}},
    ClassicOption{'n', {}, Kind::none, "print what would be done and stop", {}},
    ClassicOption{'o', "OPTIONS", Kind::text, "options passed through",
      "options passed through (-o): there is nothing that takes them"},
    ClassicOption{'O', "OPTIONS", Kind::text, "options for every target", refusal::kRemote},
    ClassicOption{'p', "DIRECTORY", Kind::directory, "folders of the inventory", {}},
    ClassicOption{'P', {}, Kind::none, "the usual folders of the inventory", {}},
    ClassicOption{'r', "WxH", Kind::text, "size of a virtual screen", refusal::kSessions},
    ClassicOption{'s', "USER|GROUP|USRLST=(u1,..)|GRPLST=(g1,..)|ALL", Kind::choice,
      "whose sessions: of the caller, of its group, of these users or groups, of all", {}},
    ClassicOption{'S', "on|off[,signal...]", Kind::text, "signals the calling shell ignores",
      refusal::kConsoles},
    ClassicOption{'t', "TYPE", Kind::type, "session type", {}},
    ClassicOption{'T', "TYPE[,TYPE]|all", Kind::type, "session types to load; those of -t by default", {}},
    ClassicOption{'v', {}, Kind::none, "print the version", {}},
    ClassicOption{'V', {}, Kind::none, "print the version; twice: with files; after -X: the number alone",
      {}},
    ClassicOption{'w', {}, Kind::none, "place holder, changes nothing", {}},
    ClassicOption{'W', "DESKTOP", Kind::text, "workspace of the window", refusal::kDesktop},
    ClassicOption{'x', "off|star|chain", Kind::choice, "how nested machines are looked at", {}},
    ClassicOption{'X', {}, Kind::none, "terse output for programs; ISACTIVE and GETCLIENTPORT have no other", {}},
    ClassicOption{'y', {}, Kind::none, "coloured messages", {}},
    ClassicOption{'Y', {}, Kind::none, "SSH agent forwarding", refusal::kRemote},
    ClassicOption{'z', "NOPTY|PTY|1|2", Kind::choice, "pseudo terminal on the target", refusal::kRemote},
    ClassicOption{'Z', "SUDO|NOSUDO|KSU|NOKSU|ALL", Kind::choice, "permitted ways to privileges", {}},
};
// clang-format on

}  // namespace

std::span<const ActionWord> actions() {
  return kActions;
}
std::span<const Alias> aliases() {
  return kAliases;
}
std::span<const Extra> extras() {
  return kExtras;
}
std::span<const Companion> companions() {
  return kCompanions;
}
std::span<const LongOption> long_options() {
  return kLongOptions;
}
std::span<const ClassicOption> classic_options() {
  return kClassicOptions;
}
std::span<const TypeWord> types() {
  return kTypes;
}

const ActionWord& word_of(model::Action action) {
  for (const auto& word : kActions)
    if (word.action == action) return word;
  return kActions.front();
}

bool is_one_of(std::string_view word, std::string_view words) noexcept {
  while (!words.empty()) {
    const auto bar = words.find('|');
    if (text::equal_ci(word, words.substr(0, bar))) return true;
    if (bar == std::string_view::npos) return false;
    words.remove_prefix(bar + 1);
  }
  return false;
}

std::string_view long_form(std::string_view words) noexcept {
  return words.substr(0, words.find('|'));
}

}  // namespace ctys::cli
