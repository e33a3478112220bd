// What each action does, in words, with examples.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/help_texts.hpp"

#include <array>

namespace ctys::cli::help_text {
namespace {

using model::Action;

const std::array<Prose, 21>& proses() {
  static const std::array<Prose, 21> all{
      Prose{Action::create,
            {"Finds the machine an address means, starts it, waits until it has come as far as --wait says, "
             "and opens "
             "its console. The address must mean exactly one machine: when several fit, ctys lists them and "
             "does "
             "nothing. A machine that runs already is an error, unless --reuse, --connect or --reconnect "
             "says what to "
             "do with it.",
             "The console is the one named by --console, else the machine's attribute DEFAULTCONSOLE, else a "
             "VNC "
             "viewer where there is an X display and the machine has a VNC display, else the text console "
             "when ctys "
             "runs in a terminal. The text console is left with Ctrl-] or the key of --escape; the machine "
             "goes on. "
             "With --on it is the same for a machine on another host: viewer and console are here, connected "
             "to it by SSH.",
             "An address of the form id:/PATH names a libvirt XML file or a .ctys file that is no stored "
             "machine yet."},
            {{"ctys create web01", "start web01 and open its console"},
             {"ctys open web01", "the same, whether it runs already or not"},
             {"ctys start web01 db01 --wait ssh",
              "start both without console, return when their SSH servers answer"},
             {"ctys create web01 --boot cd:/iso/rescue.iso", "boot once from a CD image"},
             {"ctys create id:/vm/tst100/tst100.ctys", "start what a machine file describes"},
             {"ctys create web01 --console cli", "its serial console, in this terminal"},
             {"ctys create web01 --plan", "say what would be done"}}},
      Prose{
          Action::cancel,
          {"Stops a machine, and closes the viewers and consoles that ctys opened on it. It returns when the "
           "machine is gone, paused, saved or restarted, and not before; --no-wait returns earlier.",
           "The default asks the guest to shut down, and takes its power away when it has not done so after "
           "the "
           "delay. --force acts on the hypervisor at once; a saved state, which any other stop keeps, is "
           "dropped by "
           "it, and so is the dump of a machine that has crashed, for which any other stop waits. "
           "Each address must mean exactly one machine."},
          {{"ctys stop web01", "shut web01 down"},
           {"ctys cancel web01 --delay 2m", "give it two minutes before its power is taken"},
           {"ctys kill web01", "take its power away at once, or drop its saved state"},
           {"ctys suspend web01", "save its state to disk and stop it; ctys resume web01 brings it back"},
           {"ctys cancel --all --plan", "say which machines would be stopped"},
           {"ctys cancel web01 --client", "close its viewers and consoles only"}}},
      Prose{Action::list,
            {"One row for each machine that runs, and one for each viewer or console that ctys opened. With "
             "--all "
             "stopped machines are shown, too. Addresses and filters narrow the list.",
             "A hypervisor that does not answer within the deadline (10 seconds unless --deadline says "
             "otherwise) is "
             "a row that says so; the others are listed all the same.",
             "Where there is a group \"all\", its hosts are asked as well as this one, unless --on names "
             "others. "
             "Machines that the inventory knows on a host that does not answer are shown with their age, as "
             "unknown."},
            {{"ctys list", "what runs here, and on the hosts of the group all"},
             {"ctys list --on localhost", "what runs here"},
             {"ctys list --on lab01,root@lab02", "what runs on these hosts, asked by SSH"},
             {"ctys list --all", "every machine, running or not"},
             {"ctys list --filter state:running --filter os:debian*", "running Debian guests"},
             {"ctys list --columns label,tcp,state", "three columns"},
             {"ctys list --json", "every field, for programs"},
             {"ctys list --format terse --columns label,pid", "label;pid, one machine a line"}}},
      Prose{Action::enumerate,
            {"Every machine that can be started: those the hypervisors know, and those that files describe. "
             "Files are "
             "looked for below the folders of --base, else of $DEFAULT_ENUM_BASE, else below your home "
             "directory, "
             "/etc/ctys.d and /mntn/vmpool, twelve folders deep: .ctys files and libvirt XML files. Hidden "
             "folders "
             "and those with a file .ctysignore are left out. A machine with several network "
             "interfaces has one row for each.",
             "Machines whose attribute VMSTATE is neither ACTIVE nor DISABLED are left out unless --state "
             "names "
             "their state. A machine file that is broken is reported with file, line and column, and a "
             "file or folder that cannot be read with its name; the search goes on. A file named .xml "
             "that holds no libvirt domain is left out without a word."},
            {{"ctys enumerate", "all machines"},
             {"ctys enumerate --base /vm", "those the hypervisors know, and the files below /vm"},
             {"ctys enumerate --state template", "templates only"},
             {"ctys enumerate --json", "all 47 fields of each"}}},
      Prose{Action::info,
            {"System, processors, memory, programs, and for each plugin whether it is usable and what it can "
             "do."},
            {{"ctys info", "this host"}, {"ctys info --json", "the same for programs"}}},
      Prose{Action::show,
            {"Memory, load and hardware alarms of this host, then state, processor time, memory, disk and "
             "network "
             "figures of each running machine."},
            {{"ctys show", "this host and all machines"}, {"ctys show web01", "web01"}}},
      Prose{
          Action::is_active,
          {"Prints ISACTIVE(TYPE,ID)=1 for a machine that runs, ISACTIVE(TYPE,ID)=0 for one that does not, "
           "ISACTIVE(,ADDRESS)=0 when there is no such machine. The exit status is 0 in all three cases; an "
           "address of several machines of one host that have one ID is refused with status 5; with --json "
           "a machine that is not there is an error with status 6. Where the inventory knows more of a "
           "machine "
           "that is not there, such as the host that would have to be asked, standard error says so."},
          {{"ctys isactive web01", "does web01 run?"}}},
      Prose{
          Action::client_port,
          {"Prints CLIENTPORT(TYPE,HOST,LABEL)=PORT, or NO-CPORT for a machine without a port for viewers."},
          {{"ctys getclientport web01", "the port of its VNC display"}}},
      Prose{Action::attribute,
            {"Attributes are what ctys knows about a machine beyond what its hypervisor does: label, guest "
             "address, "
             "operating system, and more. They are kept in the metadata of a libvirt domain, or as #@# lines "
             "of a "
             "machine file. ctys help attributes lists the keys."},
            {{"ctys attribute web01", "all attributes of web01"},
             {"ctys attribute set web01 OS=Linux", "set one"},
             {"ctys attribute get web01 OS", "print one"},
             {"ctys attribute delete web01 USTRG", "remove one"},
             {"ctys attribute set name:debian12 LABEL=web01", "give a machine a label"}}},
      Prose{Action::plugins,
            {"One row for each plugin that is installed: type, version, whether it is usable here, and if "
             "not, why "
             "and what to install. A plugin that cannot be loaded is a row like the others."},
            {{"ctys plugins", "all plugins"},
             {"ctys plugins -t QEMU", "one of them"},
             {"ctys plugins --json", "with capabilities, for programs"}}},
      Prose{
          Action::doctor,
          {"Goes the way that every action goes, and tells of each step whether it is behind it: name, port, "
           "host-key, login, ctys (copied there if it is missing, as always; see --no-copy), libvirt, "
           "acceleration; then whether a viewer and a text console can open here. Without a TARGET this host "
           "is "
           "looked at. A TARGET is a host or a group; ctys help targets tells more.",
           "PASS is good, WARN says what to keep in mind, FAIL what has to be changed, each with what to do "
           "about "
           "it. A step is skipped where one in front of it has failed, gateway among them where there is one "
           "on the "
           "way, and interrupted where Ctrl-C came first. The status is 0 without a FAIL, and "
           "else "
           "that of what failed: 3 for a host or a hypervisor that cannot be reached, 4 where the deadline "
           "was."},
          {{"ctys doctor", "this host"},
           {"ctys doctor lab01", "the way to lab01, and what is there"},
           {"ctys doctor @lab --deadline 5s", "every host of a group, all at the same time"},
           {"ctys doctor vm7 --via gw1", "through another host"},
           {"ctys doctor @lab --filter result:fail --format table", "failures only"},
           {"ctys doctor lab01 --json", "one object for each step, for programs"}}},
      Prose{
          Action::import,
          {"Shows the hosts that are named on the command line, in groups, in the inventory, in "
           "~/.ssh/config "
           "(words of Host that are no patterns, Include followed; CTYS_SSH_CONFIG names another file), and "
           "in "
           "uri_aliases of libvirt.conf, each once with all that names it. There is one question whether "
           "those "
           "that are new are to be added to the group all, which ctys list asks.",
           "Nothing that stands in the group is changed or taken away, and no host is contacted. Without a "
           "terminal nothing is written unless --yes says so. What may not be the name of a host is shown as "
           "left-out."},
          {{"ctys import", "show what is known, and ask"},
           {"ctys import lab01 root@lab02", "with these"},
           {"ctys import --yes", "without a question"},
           {"ctys import --plan --json", "only show, for programs"}}},
      Prose{Action::distribute,
            {"Every action copies ctys to a host that lacks it; this does it on purpose, for many hosts at "
             "the same "
             "time, and tells which it is. The copy is the program with its plugins in ~/.cache/ctys/ID, "
             "where ID "
             "stands for exactly this build; it is put in place in one step, and where it is there already "
             "nothing "
             "is done.",
             "--list tells the copies of every build, --remove takes them away; both need no ctys there, and "
             "neither touches anything else. A host that fails has one row that says so, and the status is "
             "that of "
             "the gravest failure."},
            {{"ctys distribute lab01 @prod", "copy it there"},
             {"ctys distribute @prod --list", "which builds are there"},
             {"ctys distribute @old --remove --plan", "tell what would be done"},
             {"ctys distribute @old --remove", "remove every copy"},
             {"ctys distribute vm7 --via gw1 --json", "through another host, for programs"}}},
      Prose{
          Action::vping,
          {"Tells of every TARGET whether it answers an echo request (ping) and, with --ssh, whether one can "
           "log in, by the way that every action goes: SSH configuration, keys, agent, known hosts, "
           "gateways. Nobody is asked for a password or for an unknown host key. Without a TARGET the group "
           "all is checked. ctys help targets tells how hosts, groups and sets are written.",
           "A target has one row: + is yes, - no, and ? not known. DB tells whether the inventory has an "
           "entry of it. A host that stands behind others (ProxyJump, --via) gets no echo request: one from "
           "here would say nothing about it; --ssh goes the whole way. With -X only the targets that answer "
           "are printed, to paste them into another call.",
           "The status is 3 unless every target answers, with --ssh unless one can log in to each."},
          {{"ctys vping @lab", "who of the group answers"},
           {"ctys vping -s lab01 'web[1-9]' -l root", "to whom can root log in"},
           {"ctys list --on \"$(ctys vping -X -m @lab | tr ' ' ,)\"", "ask only those that answer"},
           {"ctys vping -i @lab", "what the group stands for"},
           {"ctys vping -s @lab --filter ssh:- --json", "who does not let one in, for programs"}}},
      Prose{Action::jobs,
            {"What is called with --background, or -b async in the classic grammar, is a job: its number is "
             "printed at once, and it goes on without this terminal. Its output is kept, in a folder that "
             "only you can enter.",
             "A job is running, done (status 0), failed, cancelled, or lost: its process vanished without a "
             "word, killed or with its host. show prints what it wrote so far to stdout and stderr, wait "
             "ends with its status, cancel returns when nothing of it is left. Jobs that have ended are "
             "removed after 30 days, or when there are 100 newer ones. No password can be asked for."},
            {{"ctys list --on @prod --background", "start a job; prints its number, 1 for example"},
             {"ctys jobs", "all jobs"},
             {"ctys jobs show 1", "what it said"},
             {"ctys jobs wait 1 --deadline 10m", "wait for its end; status 4 when that takes longer"},
             {"ctys jobs cancel 1", "end it"},
             {"ctys jobs remove --done", "forget those that have ended"},
             {"ctys jobs --filter state:running --json", "for programs"}}},
      Prose{Action::persist,
            {"A call with --persist leaves its connections to other hosts open; the next one with --persist "
             "that goes the same way to a host uses them and logs in nowhere. They end when they were not "
             "used for 10 minutes, or for the TIME of --persist=TIME, and with end. Calls without --persist "
             "never use them. In $CTYS_PERSIST a TIME does the same for all calls, 0 for none.",
             "A process of this user keeps them, behind a socket that only this user can open. A connection "
             "that has died is opened anew, and so is one whose SSH configuration or known hosts have been "
             "changed since."},
            {{"ctys list --on @prod --persist", "leave the connections open"},
             {"ctys list --on @prod --persist=1h", "use them, and keep them for an hour from now on"},
             {"ctys persist", "which there are, and for how long"},
             {"ctys persist end", "end them all"}}},
      inventory_prose(Action::vhost),
      inventory_prose(Action::find),
      Prose{
          Action::vdbgen,
          {"Asks the hypervisors of this host, or of the hosts that are named, for all their machines, as "
           "enumerate does, and writes them to "
           "enum.fdb, one record for each network interface. Machines are known again by host, type and "
           "UUID, "
           "or the path of their file, and brought up to date; each carries the time at which it was last "
           "seen. When the file exists already, --append or --replace says what becomes of what is in it and "
           "was "
           "not found.",
           "--append keeps such machines, and what a field says about which the hypervisor says nothing: "
           "what "
           "was entered by hand, the last known address. --replace makes the records of machines that were "
           "found anew, with what the hypervisor says and nothing else; --dry-run shows which fields that "
           "empties.",
           "A record is dropped by --replace only, and only when its hypervisor and folder were searched and "
           "it is not there any more. What could not be reached is kept with the time it was last seen, and "
           "so are the machines of other hosts. The file is replaced in one step: whoever reads it has the "
           "old one or the new one."},
          {{"ctys vdbgen", "make the inventory"},
           {"ctys vdbgen --append", "add what is new, bring the rest up to date"},
           {"ctys vdbgen --replace --dry-run", "tell what would change"},
           {"ctys vdbgen --append --on localhost,lab[1-3]", "with the machines of other hosts"},
           {"ctys vdbgen --replace --base /vm,/srv/vm", "with the machine files below these folders"},
           {"ctys vdbgen --stdio", "the records of a scan, to stdout"},
           {"ctys-vdbgen --append -t ALL -b sync,seq", "as it was written before"}}},
      Prose{
          Action::macmap,
          {"macmap.fdb says which MAC address belongs to which name and network address. A WORD that is a "
           "MAC or IP address finds its rows, in any usual spelling; any other word is a regular expression "
           "that is looked for in NAME;MAC;IP. Called as ctys-macmap the status is 0 where nothing matches.",
           "With --from the map is filled: from leases of ISC dhcpd, dnsmasq or Kea, from libvirt's "
           "networks, "
           "from the kernel's neighbour table or what arp and ip neigh printed, from ethers and hosts files, "
           "which complete each other. Leases that have ended are left out. Rows of which the sources say "
           "nothing stay, unless --replace says otherwise.",
           "extractMAClst FILE... and extractARPlst HOST... show what files of dhcpd say, and which MAC "
           "address hosts answer with; with -P or -p they write it."},
          {{"ctys macmap web01", "the rows of web01"},
           {"ctys macmap 52-54-00-12-34-56", "whose is this?"},
           {"ctys macmap --from libvirt --from neighbours", "fill the map"},
           {"ctys macmap --from dnsmasq:/var/lib/misc/dnsmasq.leases --dry-run", "tell what would change"},
           {"ctys-extractMAClst -P /etc/dhcp/dhcpd.conf", "as it was written before"}}},
      Prose{
          Action::groups,
          {"A group is a file with names of hosts, below ~/.ctys/groups or a folder of CTYS_GROUPS_PATH. "
           "Targets are "
           "hosts, ranges of hosts and groups, joined to sets. ctys help targets tells how both are written.",
           "A NAME is the name of a group, with or without '@', or FOLDER/ for every group below it. Without "
           "a word "
           "of the five, names are listed when there are none, and expanded otherwise. No host is contacted; "
           "a word "
           "that is no group counts as a host. A group that cannot be read is named with its line, and the "
           "status is "
           "2; it is 6 when nothing is left of a set."},
          {{"ctys groups", "every group with the number of its hosts"},
           {"ctys groups tree prod", "what prod is made of"},
           {"ctys groups expand '@prod!@db'", "hosts of prod that are not in db, one a line"},
           {"ctys groups fold @prod", "the same as ranges: web[01-40]"},
           {"ctys groups count '@prod&@db'", "how many are in both"},
           {"ctys groups -m 4 desktops/lab", "targets with their options, to paste into a call"},
           {"ctys groups expand @prod --json", "hosts with their options, for programs"}}},
  };
  return all;
}

}  // namespace

Prose prose_of(Action action) {
  for (const auto& prose : proses())
    if (prose.action == action) return prose;
  return {action, {}, {}};
}

}  // namespace ctys::cli::help_text
