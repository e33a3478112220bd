// The words of both grammars: suboptions of the classic actions.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/vocabulary.hpp"

#include <array>

namespace ctys::cli {
namespace {

using model::Action;

constexpr ActionSet kToCreate{Action::create};
constexpr ActionSet kToCancel{Action::cancel};
constexpr ActionSet kToList{Action::list};
constexpr ActionSet kToEnumerate{Action::enumerate};
constexpr ActionSet kTwoTables{Action::list, Action::enumerate};
constexpr ActionSet kToRead{Action::list, Action::enumerate, Action::info, Action::show};
constexpr ActionSet kWithParts{Action::list, Action::cancel};

// clang-format off
constexpr std::array kSuboptions{
    // CREATE: how
    Suboption{Sub::connect, "CONNECT", {}, kToCreate,
      "attach to a running machine; an error if it does not run", {}},
    Suboption{Sub::reuse, "REUSE", {}, kToCreate, "attach if it runs, otherwise start it", {}},
    Suboption{Sub::reconnect, "RECONNECT", {}, kToCreate, "as REUSE, but close its other clients first", {}},
    Suboption{Sub::resume, "RESUME", {}, kToCreate, "continue a paused or suspended machine", {}},
    Suboption{Sub::console, "CONSOLE", ":CLI|XTERM|GTERM|VNC[:port]|NONE", kToCreate,
      "console to open, NONE: none", {}},
    Suboption{Sub::boot_mode, "BOOTMODE", ":mode[%path[%initrd[%append]]]", kToCreate,
      "boot from HDD, CD, PXE, FDD or KERNEL, with another medium if named", {}},
    Suboption{Sub::ping, "PING", ":ON|OFF|n[%seconds]", kToCreate, "wait until the guest answers a ping", {}},
    Suboption{Sub::ssh_ping, "SSHPING", ":ON|OFF|n[%seconds]", kToCreate,
      "then wait until its SSH server answers", {}},
    Suboption{Sub::wait_server, "WAITS", ":seconds", kToCreate, "pause after the start of the machine", {}},
    Suboption{Sub::wait_client, "WAITC", ":seconds", kToCreate, "pause after the start of the console", {}},
    // CREATE: what belongs to later capabilities
    Suboption{Sub::install_mode, "INSTMODE", ":boot%source%target%path%stage", kToCreate, "installation",
      refusal::kInstall},
    Suboption{Sub::other, "USER", ":user[%credential]", ActionSet{Action::create, Action::cancel},
      "account of the hypervisor product", refusal::kHypervisors},
    Suboption{Sub::other, "CHDIR|CD", ":dir", kToCreate, "working directory", refusal::kSessions},
    Suboption{Sub::other, "STACKCHECK", ":check[%check]", kToCreate, "checks of a stack", refusal::kStacks},
    Suboption{Sub::other, "STUBMODE|STUB", "[:ON]", kToCreate, "no ctys on the target", refusal::kRemote},
    Suboption{Sub::other, "VNCDESKIDLIST|VDIL", ":id[%id]", kToCreate, "parts of a VNC desktop",
      refusal::kSessions},
    Suboption{Sub::other, "CALLOPTS|C", ":text", kToCreate, "options of the called program",
      refusal::kSessions},
    Suboption{Sub::other, "XOPTS|X", ":text", kToCreate, "X11 options of the client window",
      refusal::kSessions},
    Suboption{Sub::other, "CMD", ":text", kToCreate, "program to run", refusal::kSessions},
    Suboption{Sub::other, "SHELL|S", ":text", kToCreate, "shell to run", refusal::kSessions},
    Suboption{Sub::other, "BULK", ":n", kToCreate, "several sessions at once", refusal::kSessions},
    Suboption{Sub::other, "VNCBASE", ":port", kToCreate, "base of display arithmetic", refusal::kSessions},
    Suboption{Sub::other, "VNCPORT", ":port", kToCreate, "port of a VNC session", refusal::kSessions},
    Suboption{Sub::other, "WM|VNCVM", ":name", kToCreate, "window manager of a VNC desktop",
      refusal::kSessions},
    Suboption{Sub::other, "RDPPORT", ":port", kToCreate, "port of an RDP server", refusal::kSessions},
    Suboption{Sub::other, "INSECURE", ":host", kToCreate, "RDP server elsewhere", refusal::kSessions},
    Suboption{Sub::other, "DH", {}, kToCreate, "options with two hyphens", refusal::kSessions},
    Suboption{Sub::other, "SH", {}, kToCreate, "options with one hyphen", refusal::kSessions},
    Suboption{Sub::other, "TITLEKEY", ":key", kToCreate, "option of the window's title", refusal::kSessions},
    Suboption{Sub::other, "NOTITLE", {}, kToCreate, "no title", refusal::kSessions},
    Suboption{Sub::other, "ARGSADD", ":(C|S|B)%args", kToCreate, "extra arguments of the emulator",
      "extra arguments of the emulator: ctys starts machines as they are configured only so far"},
    Suboption{Sub::kernel, "KERNEL", "[:image[,initrd[,append]]]", kToCreate, "boot a kernel image", {}},
    Suboption{Sub::other, "WOL", "[:delay]", ActionSet{Action::create, Action::cancel},
      "wake a physical machine", refusal::kMachines},
    Suboption{Sub::other, "BROADCAST", ":address", kToCreate, "where the magic packet goes",
      refusal::kMachines},
    Suboption{Sub::other, "PORT", ":port", kToCreate, "port of the magic packet", refusal::kMachines},
    Suboption{Sub::other, "BMAC", ":MAC", kToCreate, "MAC address in the magic packet", refusal::kMachines},
    Suboption{Sub::other, "IF", ":interface", ActionSet{Action::create, Action::cancel},
      "interface of the magic packet", refusal::kMachines},
    // CANCEL
    Suboption{Sub::all, "ALL", {}, kToCancel, "everything LIST shows for the types and the scope", {}},
    Suboption{Sub::stack, "STACK", {}, kToCancel, "what runs inside first, then the machine; the default", {}},
    Suboption{Sub::force, "FORCE", {}, kToCancel, "act on the hypervisor at once, as PAUSE and SUSPEND always do", {}},
    Suboption{Sub::self, "SELF", {}, kToCancel,
      "then end this host too, once no machine runs on it any more; by POWEROFF or REBOOT only", {}},
    Suboption{Sub::power_off, "POWEROFF|S5", "[:delay]", kToCancel,
      "orderly shutdown, power off after the delay; the default", {}},
    Suboption{Sub::reset, "RESET", {}, kToCancel, "restart as the reset button does", {}},
    Suboption{Sub::reboot, "REBOOT", {}, kToCancel, "restart through the guest's own system", {}},
    Suboption{Sub::init, "INIT", ":n", kToCancel, "change the run level of the guest", {}},
    Suboption{Sub::pause, "PAUSE|S3", {}, kToCancel, "halt execution, the state stays in memory", {}},
    Suboption{Sub::suspend, "SUSPEND|S4", {}, kToCancel, "save the state to disk and stop", {}},
    Suboption{Sub::timeout, "TIMEOUT", ":seconds", kToCancel, "time for the orderly way, 20 by default", {}},
    Suboption{Sub::client, "CLIENT", {}, kWithParts, "only viewers and consoles", {}},
    Suboption{Sub::server, "SERVER", {}, kWithParts, "only machines", {}},
    Suboption{Sub::both, "BOTH", {}, kWithParts, "both, the default", {}},
    Suboption{Sub::tunnel, "TUNNEL", {}, kToList, "only tunnels", {}},
    // LIST and ENUMERATE
    Suboption{Sub::title, "TITLE", {}, kTwoTables, "a line of titles", {}},
    Suboption{Sub::title_index, "TITLEIDX", {}, kTwoTables, "titles with field numbers", {}},
    Suboption{Sub::title_letters, "TITLEIDXASC", {}, kTwoTables, "titles with spreadsheet letters", {}},
    Suboption{Sub::machine, "MACHINE", {}, kTwoTables, "all fields, separated by ';'", {}},
    Suboption{Sub::max_key, "MAXKEY", {}, kTwoTables, "the fields that identify, separated by ';'", {}},
    Suboption{Sub::all, "ALL", {}, kTwoTables, "the long selection of fields", {}},
    Suboption{Sub::none, "NONE", {}, kToList, "no fields beside those named", {}},
    Suboption{Sub::terse, "TERSE", {}, kTwoTables, "the fields chosen, separated by ';'", {}},
    Suboption{Sub::ip, "IP", {}, kTwoTables, "guest addresses as they are known, the default; in ENUMERATE a column", {}},
    Suboption{Sub::other, "DNS", {}, kTwoTables, "guest addresses as names", refusal::kNames},
    Suboption{Sub::sort, "SORT", "[:[ALL|EACH][%UNIQUE][%REVERSE][%key]]", kTwoTables,
      "sort, by column number if named", {}},
    Suboption{Sub::package, "PKG", ":type[%type]", kTwoTables, "only these session types", {}},
    Suboption{Sub::user, "USER", ":user", kToList, "only sessions of this user", {}},
    Suboption{Sub::match_state, "MATCHVSTAT", ":state[%state]", kToEnumerate,
      "only machines of these states: ACTIVE, BACKUP, DISABLED, EMPTY, TEMPLATE, TESTDUMMY, IGNORE, ENABLED, ALL, PRESENT, CUSTOM%word",
      {}},
    Suboption{Sub::tab_tcp, "TAB_TCP", "[:w1%%w2...]", kTwoTables,
      "the table of hosts and guests, with these widths", {}},
    Suboption{Sub::tab_gen, "TAB_GEN|TAB", ":field_title_width_policy[%%...]", kTwoTables,
      "a table of your own", {}},
    Suboption{Sub::rec, "REC_GEN|REC", "[:field...]", kTwoTables, "records in braces", {}},
    Suboption{Sub::spec, "SPEC_GEN|SPEC", "[:field...]", kTwoTables, "one value a line", {}},
    Suboption{Sub::xml, "XML_GEN|XML", "[:field...]", kTwoTables, "XML", {}},
    Suboption{Sub::json, "JSON", {}, kToRead, "JSON", {}},
};
// clang-format on

}  // namespace

std::span<const Suboption> suboptions() {
  return kSuboptions;
}

}  // namespace ctys::cli
