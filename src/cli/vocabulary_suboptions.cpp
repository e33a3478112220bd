// The words of both grammars: suboptions of the classic actions.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/vocabulary.hpp"

#include <array>

namespace ctys::cli {
namespace {

using model::Action;

constexpr ActionSet kCreate{Action::create};
constexpr ActionSet kCancel{Action::cancel};
constexpr ActionSet kList{Action::list};
constexpr ActionSet kEnumerate{Action::enumerate};
constexpr ActionSet kTables{Action::list, Action::enumerate};
constexpr ActionSet kReading{Action::list, Action::enumerate, Action::info, Action::show};
constexpr ActionSet kParts{Action::list, Action::cancel};

// clang-format off
constexpr std::array kSuboptions{
    // CREATE: how
    Suboption{Sub::connect, "CONNECT", {}, kCreate,
      "attach to a running machine; an error if it does not run", {}},
    Suboption{Sub::reuse, "REUSE", {}, kCreate, "attach if it runs, otherwise start it", {}},
    Suboption{Sub::reconnect, "RECONNECT", {}, kCreate, "as REUSE, but close its other clients first", {}},
    Suboption{Sub::resume, "RESUME", {}, kCreate, "continue a paused or suspended machine", {}},
    Suboption{Sub::console, "CONSOLE", ":CLI|XTERM|GTERM|VNC[:port]|NONE", kCreate,
      "console to open, NONE: none", {}},
    Suboption{Sub::boot_mode, "BOOTMODE", ":mode[%path[%initrd[%append]]]", kCreate,
      "boot from HDD, CD, PXE, FDD or KERNEL, with another medium if named", {}},
    Suboption{Sub::ping, "PING", ":ON|OFF|n[%seconds]", kCreate, "wait until the guest answers a ping", {}},
    Suboption{Sub::ssh_ping, "SSHPING", ":ON|OFF|n[%seconds]", kCreate,
      "then wait until its SSH server answers", {}},
    Suboption{Sub::wait_server, "WAITS", ":seconds", kCreate, "pause after the start of the machine", {}},
    Suboption{Sub::wait_client, "WAITC", ":seconds", kCreate, "pause after the start of the console", {}},
    // CREATE: what belongs to later capabilities
    Suboption{Sub::install_mode, "INSTMODE", ":boot%source%target%path%stage", kCreate, "installation",
      refusal::kInstall},
    Suboption{Sub::other, "USER", ":user[%credential]", ActionSet{Action::create, Action::cancel},
      "account of the hypervisor product", refusal::kHypervisors},
    Suboption{Sub::other, "CHDIR|CD", ":dir", kCreate, "working directory", refusal::kSessions},
    Suboption{Sub::other, "STACKCHECK", ":check[%check]", kCreate, "checks of a stack", refusal::kStacks},
    Suboption{Sub::other, "STUBMODE|STUB", "[:ON]", kCreate, "no ctys on the target", refusal::kRemote},
    Suboption{Sub::other, "VNCDESKIDLIST|VDIL", ":id[%id]", kCreate, "parts of a VNC desktop",
      refusal::kSessions},
    Suboption{Sub::other, "CALLOPTS|C", ":text", kCreate, "options of the called program",
      refusal::kSessions},
    Suboption{Sub::other, "XOPTS|X", ":text", kCreate, "X11 options of the client window",
      refusal::kSessions},
    Suboption{Sub::other, "CMD", ":text", kCreate, "program to run", refusal::kSessions},
    Suboption{Sub::other, "SHELL|S", ":text", kCreate, "shell to run", refusal::kSessions},
    Suboption{Sub::other, "BULK", ":n", kCreate, "several sessions at once", refusal::kSessions},
    Suboption{Sub::other, "VNCBASE", ":port", kCreate, "base of display arithmetic", refusal::kSessions},
    Suboption{Sub::other, "VNCPORT", ":port", kCreate, "port of a VNC session", refusal::kSessions},
    Suboption{Sub::other, "WM|VNCVM", ":name", kCreate, "window manager of a VNC desktop",
      refusal::kSessions},
    Suboption{Sub::other, "RDPPORT", ":port", kCreate, "port of an RDP server", refusal::kSessions},
    Suboption{Sub::other, "INSECURE", ":host", kCreate, "RDP server elsewhere", refusal::kSessions},
    Suboption{Sub::other, "DH", {}, kCreate, "options with two hyphens", refusal::kSessions},
    Suboption{Sub::other, "SH", {}, kCreate, "options with one hyphen", refusal::kSessions},
    Suboption{Sub::other, "TITLEKEY", ":key", kCreate, "option of the window's title", refusal::kSessions},
    Suboption{Sub::other, "NOTITLE", {}, kCreate, "no title", refusal::kSessions},
    Suboption{Sub::other, "ARGSADD", ":(C|S|B)%args", kCreate, "extra arguments of the emulator",
      "extra arguments of the emulator: ctys starts machines as they are configured only so far"},
    Suboption{Sub::kernel, "KERNEL", "[:image[,initrd[,append]]]", kCreate, "boot a kernel image", {}},
    Suboption{Sub::other, "WOL", "[:delay]", ActionSet{Action::create, Action::cancel},
      "wake a physical machine", refusal::kMachines},
    Suboption{Sub::other, "BROADCAST", ":address", kCreate, "where the magic packet goes",
      refusal::kMachines},
    Suboption{Sub::other, "PORT", ":port", kCreate, "port of the magic packet", refusal::kMachines},
    Suboption{Sub::other, "BMAC", ":MAC", kCreate, "MAC address in the magic packet", refusal::kMachines},
    Suboption{Sub::other, "IF", ":interface", ActionSet{Action::create, Action::cancel},
      "interface of the magic packet", refusal::kMachines},
    // CANCEL
    Suboption{Sub::all, "ALL", {}, kCancel, "everything LIST shows for the types and the scope", {}},
    Suboption{Sub::stack, "STACK", {}, kCancel, "what runs inside first, then the machine; the default", {}},
    Suboption{Sub::force, "FORCE", {}, kCancel, "act on the hypervisor at once", {}},
    Suboption{Sub::self, "SELF", {}, kCancel,
      "then end this host too, once no machine runs on it any more; by POWEROFF or REBOOT only", {}},
    Suboption{Sub::power_off, "POWEROFF|S5", "[:delay]", kCancel,
      "orderly shutdown, power off after the delay; the default", {}},
    Suboption{Sub::reset, "RESET", {}, kCancel, "restart as the reset button does", {}},
    Suboption{Sub::reboot, "REBOOT", {}, kCancel, "restart through the guest's own system", {}},
    Suboption{Sub::init, "INIT", ":n", kCancel, "change the run level of the guest", {}},
    Suboption{Sub::pause, "PAUSE|S3", {}, kCancel, "halt execution, the state stays in memory", {}},
    Suboption{Sub::suspend, "SUSPEND|S4", {}, kCancel, "save the state to disk and stop", {}},
    Suboption{Sub::timeout, "TIMEOUT", ":seconds", kCancel, "time for the orderly way, 20 by default", {}},
    Suboption{Sub::client, "CLIENT", {}, kParts, "only viewers and consoles", {}},
    Suboption{Sub::server, "SERVER", {}, kParts, "only machines", {}},
    Suboption{Sub::both, "BOTH", {}, kParts, "both, the default", {}},
    Suboption{Sub::tunnel, "TUNNEL", {}, kList, "only tunnels", {}},
    // LIST and ENUMERATE
    Suboption{Sub::title, "TITLE", {}, kTables, "a line of titles", {}},
    Suboption{Sub::title_index, "TITLEIDX", {}, kTables, "titles with field numbers", {}},
    Suboption{Sub::title_letters, "TITLEIDXASC", {}, kTables, "titles with spreadsheet letters", {}},
    Suboption{Sub::machine, "MACHINE", {}, kTables, "all fields, separated by ';'", {}},
    Suboption{Sub::max_key, "MAXKEY", {}, kTables, "the fields that identify, separated by ';'", {}},
    Suboption{Sub::all, "ALL", {}, kTables, "the long selection of fields", {}},
    Suboption{Sub::none, "NONE", {}, kList, "no fields beside those named", {}},
    Suboption{Sub::terse, "TERSE", {}, kTables, "the fields chosen, separated by ';'", {}},
    Suboption{Sub::ip, "IP", {}, kTables, "guest addresses as they are known, the default; in ENUMERATE a column", {}},
    Suboption{Sub::other, "DNS", {}, kTables, "guest addresses as names", refusal::kNames},
    Suboption{Sub::sort, "SORT", "[:[ALL|EACH][%UNIQUE][%REVERSE][%key]]", kTables,
      "sort, by column number if named", {}},
    Suboption{Sub::package, "PKG", ":type[%type]", kTables, "only these session types", {}},
    Suboption{Sub::user, "USER", ":user", kList, "only sessions of this user", {}},
    Suboption{Sub::match_state, "MATCHVSTAT", ":state[%state]", kEnumerate,
      "only machines of these states: ACTIVE, BACKUP, DISABLED, EMPTY, TEMPLATE, TESTDUMMY, IGNORE, ENABLED, ALL, PRESENT, CUSTOM%word",
      {}},
    Suboption{Sub::tab_tcp, "TAB_TCP", "[:w1%%w2...]", kTables,
      "the table of hosts and guests, with these widths", {}},
    Suboption{Sub::tab_gen, "TAB_GEN|TAB", ":field_title_width_policy[%%...]", kTables,
      "a table of your own", {}},
    Suboption{Sub::rec, "REC_GEN|REC", "[:field...]", kTables, "records in braces", {}},
    Suboption{Sub::spec, "SPEC_GEN|SPEC", "[:field...]", kTables, "one value a line", {}},
    Suboption{Sub::xml, "XML_GEN|XML", "[:field...]", kTables, "XML", {}},
    Suboption{Sub::json, "JSON", {}, kReading, "JSON", {}},
};
// clang-format on

}  // namespace

std::span<const Suboption> suboptions() {
  return kSuboptions;
}

}  // namespace ctys::cli
