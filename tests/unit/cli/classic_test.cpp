// The classic grammar: options, suboptions, escapes, targets.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/vocabulary.hpp"
#include "unit/cli/line.hpp"

#include <array>
#include <chrono>
#include <cstdlib>

using namespace ctys;
using namespace ctys::tests;
using namespace std::chrono_literals;
using model::Action;
using model::Pair;

namespace {

std::vector<Pair> machine(std::string_view line) {
  const auto request = accepted(line);
  REQUIRE(request.machines.size() == 1);
  return request.machines[0].keys;
}

}  // namespace

TEST_CASE("options cluster, take their argument attached or apart, and the last one wins") {
  const auto request = accepted("ctys -nXyaLIST -tqemu");
  CHECK(request.plan);
  CHECK(request.color);
  CHECK(request.action == Action::list);
  CHECK(request.types == std::vector<std::string>{"QEMU"});
  CHECK(request.output.format == model::Format::terse);
  CHECK(accepted("ctys -a list -a enumerate -t test -t qemu").action == Action::enumerate);
  CHECK(accepted("ctys -a list -a enumerate -t test -t qemu").types == std::vector<std::string>{"QEMU"});
  CHECK(accepted("ctys -T all -t qemu -a list").types == std::vector<std::string>{"QEMU"});
  CHECK(accepted("ctys -T qemu,test -a list").types == std::vector<std::string>{"QEMU", "TEST"});
  CHECK(accepted("ctys -t KVM -a list").types == std::vector<std::string>{"QEMU"});
  CHECK(accepted("ctys -t bhyve -a list").types == std::vector<std::string>{"BHYVE"});  // somebody's plugin
  CHECK(accepted("ctys -a list -- localhost").action == Action::list);
}

TEST_CASE("every option of the table is accepted or refused by its capability, never unknown") {
  const std::vector<std::pair<char, std::string>> values{
      {'a', "list"},    {'A', "on"},        {'b', "0,2"},   {'c', "off"},  {'C', "off"}, {'d', "0"},
      {'D', ":0"},      {'F', "01_11_022"}, {'g', "80x24"}, {'H', "man"},  {'j', "x:1"}, {'k', "REUSE:1"},
      {'l', "someone"}, {'L', "DF"},        {'M', "hello"}, {'o', "x"},    {'O', "x"},   {'p', "/db"},
      {'r', "800x600"}, {'s', "all"},       {'S', "on,2"},  {'t', "qemu"}, {'T', "all"}, {'W', "3"},
      {'x', "off"},     {'z', "pty"},       {'Z', "nosudo"}};
  for (const auto& option : cli::classic_options()) {
    std::string value;
    for (const auto& [letter, text] : values)
      if (letter == option.letter) value = text;
    CHECK(option.value.empty() == value.empty());
    std::vector<std::string> words{std::string{'-', option.letter}};
    if (!value.empty()) words.push_back(value);
    words.insert(words.end(), {"-a", "list"});
    const auto command = cli::parse("ctys", words);
    INFO(option.letter);
    if (command) {
      CHECK(option.refused.empty());
    } else {
      CHECK(command.error().code == Exit::usage);
      CHECK(command.error().why.find(" so far") + command.error().why.find("nothing that takes") != 0);
      CHECK(command.error().summary.find("unknown") == std::string::npos);
    }
  }
}

TEST_CASE("options that wait for a capability name it, their harmless values pass") {
  struct Case {
    std::string_view options;
    std::string_view sentence;  // empty: accepted
  };
  constexpr std::array kCases{
      Case{"-b sync", {}},
      Case{"-b 0,par", {}},
      Case{"-b async", {}},
      Case{"-b 1,2", {}},
      Case{"-b STACK", cli::refusal::kStacks},
      Case{"-c off", {}},
      Case{"-c local", {}},
      Case{"-C 0", {}},
      Case{"-C keep,fout:/tmp/x", cli::refusal::kDataCache},
      Case{"-x 0", {}},
      Case{"-x chain", cli::refusal::kNested},
      Case{"-Z nosudo,noksu", {}},
      Case{"-Z sudo", cli::refusal::kPrivileges},
      Case{"-Z all", cli::refusal::kPrivileges},
      Case{"-z 2", cli::refusal::kRemote},
      Case{"-Y", cli::refusal::kRemote},
      Case{"-l root", {}},
      Case{"-p /db", {}},
      Case{"-P", {}},
      Case{"-k REUSE:2", cli::refusal::kStacks},
      Case{"-W 2", cli::refusal::kDesktop},
      Case{"-g 800x600:1", cli::refusal::kDesktop},
      Case{"-g 800x600+1+1:A11:Layout1", cli::refusal::kDesktop},
      Case{"-r 800x600", cli::refusal::kSessions},
      Case{"-D mylabel", cli::refusal::kSessions},
      Case{"-S on,2", cli::refusal::kConsoles},
      Case{"-w", {}},
      Case{"-E", {}},
      Case{"-O x", cli::refusal::kRemote},
      Case{"-j d:1", cli::refusal::kRemote},
      Case{"-F 01_11_022", cli::refusal::kRemote},
      Case{"-d 3,S:8", cli::refusal::kDiagnostics},
      Case{"-d 3,P", cli::refusal::kDiagnostics},
      Case{"-d PATTERN:x", cli::refusal::kDiagnostics},
      Case{"-d 3,MIN", cli::refusal::kDiagnostics},
      Case{"-d max", cli::refusal::kDiagnostics},
      Case{"-f", cli::refusal::kForce},
  };
  for (const auto& [options, sentence] : kCases) {
    const std::string line = "ctys " + std::string(options) + " -a list";
    INFO(line);
    if (sentence.empty())
      accepted(line);
    else
      CHECK(refused(line).why == sentence);
  }
}

TEST_CASE("bad values of options are refused before anything else is said of them") {
  for (const auto* line : {"ctys -a lst",
                           "ctys -b foo -a list",
                           "ctys -b 0,2,3 -a list",
                           "ctys -c foo -a list",
                           "ctys -A maybe -a list",
                           "ctys -L nowhere -a list",
                           "ctys -g axb -a list",
                           "ctys -g 800x -a list",
                           "ctys -D lab01:0 -a list",
                           "ctys -D :1234 -a list",
                           "ctys -d x -a list",
                           "ctys -s nobody -a list",
                           "ctys -s USRLST= -a list",
                           "ctys -s 'USRLST=()' -a list",
                           "ctys -k foo -a list",
                           "ctys -z x -a list",
                           "ctys -Z x -a list",
                           "ctys -x x -a list",
                           "ctys -q -a list",
                           "ctys -a",
                           "ctys -a list -t",
                           "ctys -t '' -a list",
                           "ctys -t 'a b' -a list",
                           "ctys -a list --json",
                           "ctys -l '' -a list",
                           "ctys -a list localhost -n"})
    CHECK(refused(line).why.find("so far") == std::string::npos);
  CHECK(refused("ctys -a lst").fix == "did you mean 'LIST'?");
  CHECK(refused("ctys -L SERVERONYL -a list").fix == "did you mean 'SERVERONLY'?");
}

TEST_CASE("a line without an action says so") {
  CHECK(refused("ctys -t QEMU").summary == "no action was given");
  CHECK(refused("ctys").code == Exit::usage);
  CHECK(refused("ctys lst").fix == "did you mean 'list'?");
  CHECK(refused("ctys web01").summary == "there is no action 'web01'");
  CHECK(refused("ctys foo bar").summary == "there is no action 'foo'");
  CHECK(refused("ctys web01").fix ==
        "'ctys help' shows what there is; for a machine of that name: ctys open web01");
  CHECK(refused("ctys web01'(-a create=bad)'").summary != "there is no action 'web01'");
}

TEST_CASE("help and version are answered whatever else the line says") {
  CHECK(std::get<cli::HelpWanted>(*parsed("ctys -h")).topic.empty());
  CHECK(std::get<cli::HelpWanted>(*parsed("ctys -help")).topic.empty());
  CHECK(std::get<cli::HelpWanted>(*parsed("ctys -H create")).topic == "create");
  CHECK_FALSE(std::get<cli::VersionWanted>(*parsed("ctys -V")).verbose);
  CHECK(std::get<cli::VersionWanted>(*parsed("ctys -VV")).verbose);
  CHECK(std::get<cli::VersionWanted>(*parsed("ctys -X -V")).bare);
  CHECK(std::get<cli::VersionWanted>(*parsed("ctys -v")).bare == false);
}

TEST_CASE("diagnostics have the level that was asked for") {
  CHECK_FALSE(accepted("ctys -a list").verbosity);
  CHECK(accepted("ctys -d 0 -a list").verbosity == 1);
  CHECK(accepted("ctys -d 1 -a list").verbosity == 2);
  CHECK(accepted("ctys -d 2#1010,W:2,I:2 -a list").verbosity == 3);
  CHECK(accepted("ctys -d 0,W:0 -a list").verbosity == 0);
  CHECK(accepted("ctys -d W:0,0 -a list").verbosity == 0);
  CHECK(accepted("ctys -d 0,I:2 -a list").verbosity == 2);
  CHECK(accepted("ctys -d I:0,3 -a list").verbosity == 1);
  CHECK(accepted("ctys -d 0,pf -a list").verbosity == 3);
  CHECK(accepted("ctys -d pfin,W:0 -a list").verbosity == 3);
  CHECK(accepted("ctys -d 0xffffffff -a list").verbosity == 3);
}

TEST_CASE("CREATE takes one address and its modes exclude each other") {
  CHECK(machine("ctys -a create=l:a,n:b,i:/x.xml") ==
        std::vector<Pair>{{"LABEL", "a"}, {"NAME", "b"}, {"ID", "/x.xml"}});
  CHECK(machine("ctys -a create=l:a,l:a,reuse") == std::vector<Pair>{{"LABEL", "a"}});
  for (const auto* line : {"ctys -a create=l:a,L:b,reuse", "ctys -a isactive=l:a,l:b",
                           "ctys -a getclientport=l:a,l:b", "ctys stop l:a,l:b"})
    CHECK(refused(line).summary == "two values of the address key LABEL: 'a' and 'b'");
  CHECK(machine("ctys -a isactive=l:a,l:a") == std::vector<Pair>{{"LABEL", "a"}});
  using model::CreateMode;
  CHECK(accepted("ctys -a create=l:a").create.mode == CreateMode::start);
  CHECK(accepted("ctys -a CREATE=Connect,l:a").create.mode == CreateMode::connect);
  CHECK(accepted("ctys -a create=l:a,REUSE,reuse").create.mode == CreateMode::reuse);
  CHECK(accepted("ctys -a create=l:a,resume").create.mode == CreateMode::resume);
  CHECK(refused("ctys -a create=l:a,resume,reuse").summary.find("exclude") != std::string::npos);
  CHECK(accepted("ctys -L CO -a create=l:a").create.mode == CreateMode::connect);
  CHECK(refused("ctys -a create").summary == "CREATE has no machine address");
  CHECK(refused("ctys -a create=reuse:1,l:a").summary == "REUSE takes no value");
  CHECK(refused("ctys -a create=reus,l:a").fix == "did you mean 'REUSE'?");
  CHECK(accepted("ctys -a create=dr:3").machines.front().keys.front() == model::Pair{"DBRECORD", "3"});
}

TEST_CASE("consoles of CREATE") {
  using model::Console;
  CHECK_FALSE(accepted("ctys -a create=l:a").create.console);
  CHECK(accepted("ctys -a create=l:a,console:cli").create.console == Console::cli);
  CHECK(accepted("ctys -a create=l:a,console:vnc:5907").create.vnc_port == "5907");
  CHECK(accepted("ctys -a create=l:a,console:vnc,console:GTERM").create.console == Console::gterm);
  for (const auto* line : {"ctys -a create=l:a,console:none", "ctys -L so -a create=l:a",
                           "ctys -L SERVERONLY -a create=l:a,console:vnc"}) {
    CHECK(accepted(line).create.console == Console::none);
    CHECK(accepted(line).server_only);
  }
  for (const auto* kind : {"cli0", "emacs", "EMACSAM", "sdl"})
    CHECK(refused("ctys -a create=l:a,console:" + std::string(kind)).why == cli::refusal::kConsoles);
  CHECK(refused("ctys -a create=l:a,console:gtrm").fix == "did you mean 'GTERM'?");
  CHECK(refused("ctys -a create=l:a,console").summary == "CONSOLE has no value");
  refused("ctys -a create=l:a,console:cli:3");
  refused("ctys -a create=l:a,console:vnc:70000");
}

TEST_CASE("boot modes of CREATE") {
  const auto kernel =
      accepted("ctys -a create=l:a,bootmode:KERNEL%/boot/vmlinuz%/boot/initrd%root=/dev/vda%ro").create;
  CHECK(kernel.boot_mode == "KERNEL");
  CHECK(kernel.boot_path == "/boot/vmlinuz");
  CHECK(kernel.initrd == "/boot/initrd");
  CHECK(kernel.append == "root=/dev/vda ro");
  const auto comma =
      accepted("ctys -a create=l:a,kernel:/boot/vmlinuz,,/boot/initrd,,console=ttyS0%quiet").create;
  CHECK(comma.boot_path == "/boot/vmlinuz");
  CHECK(comma.initrd == "/boot/initrd");
  CHECK(comma.append == "console=ttyS0 quiet");
  CHECK(accepted("ctys -a create=l:a,kernel:/boot/vmlinuz,/boot/initrd").create.initrd == "/boot/initrd");
  CHECK(accepted("ctys -a create=l:a,kernel").create.boot_mode == "KERNEL");
  CHECK(accepted("ctys -a create=l:a,bootmode:vhdd").create.boot_mode == "HDD");
  CHECK(accepted("ctys -a create=l:a,bootmode:iso%/a%%b.iso").create.boot_path == "/a%b.iso");
  CHECK(accepted("ctys -a create=l:a,bootmode:iso").create.boot_mode == "CD");
  CHECK(refused("ctys -a create=l:a,bootmode:usb").why == cli::refusal::kUsb);
  CHECK(refused("ctys -a create=l:a,bootmode:install").why == cli::refusal::kInstall);
  CHECK(refused("ctys -a create=l:a,instmode:cd%default%hdd%default%init").why == cli::refusal::kInstall);
  CHECK(refused("ctys -a create=l:a,instmode:cd").why != cli::refusal::kInstall);
  refused("ctys -a create=l:a,bootmode:tape");
  refused("ctys -a create=l:a,bootmode:cd%a%b");
}

TEST_CASE("waiting of CREATE") {
  const auto create = accepted("ctys -a create=l:a,ping:30%5,sshping:on,waits:3,waitc:4").create;
  REQUIRE(create.ping);
  CHECK(create.ping->tries == 30);
  CHECK(create.ping->pause == 5s);
  CHECK(create.ssh_ping.has_value());
  CHECK(create.wait_server == 3s);
  CHECK(create.wait_client == 4s);
  CHECK_FALSE(accepted("ctys -a create=l:a,ping:on,ping:off").create.ping);
  refused("ctys -a create=l:a,ping:often");
  refused("ctys -a create=l:a,ping:1%2%3");
  refused("ctys -a create=l:a,waits:-1");
  refused("ctys -a create=l:a,waits:99999999999999999999");
}

TEST_CASE("methods of CANCEL exclude each other, and clients have no power") {
  using model::CancelMethod;
  CHECK(accepted("ctys -a cancel=l:a").cancel.method == CancelMethod::power_off);
  CHECK(accepted("ctys -a cancel=l:a,s5:30").cancel.delay == 30s);
  CHECK(accepted("ctys -a cancel=l:a,POWEROFF:0").cancel.delay == 0s);
  CHECK(accepted("ctys -a cancel=l:a,S3").cancel.method == CancelMethod::pause);
  CHECK(accepted("ctys -a cancel=l:a,s4").cancel.method == CancelMethod::suspend);
  CHECK(accepted("ctys -a cancel=l:a,reset").cancel.method == CancelMethod::reset);
  CHECK(accepted("ctys -a cancel=l:a,reboot").cancel.method == CancelMethod::reboot);
  CHECK(accepted("ctys -a cancel=l:a,init:3").cancel.level == 3);
  CHECK(accepted("ctys -a cancel=l:a,client").cancel.part == model::Part::client);
  CHECK(accepted("ctys -a cancel=l:a,force,timeout:7").cancel.timeout == 7s);
  CHECK(accepted("ctys -a cancel=l:a,force").cancel.force);
  CHECK_FALSE(accepted("ctys -a cancel=l:a,force,stack").cancel.force);
  // FORCE asks for the hypervisor alone, who pauses and suspends without the guest anyhow.
  CHECK(accepted("ctys -a cancel=l:a,force,suspend").cancel.method == CancelMethod::suspend);
  CHECK(accepted("ctys -a cancel=l:a,force,pause").cancel.method == CancelMethod::pause);
  CHECK(accepted("ctys -a cancel=l:a,self").cancel.self);
  refused("ctys -a cancel=l:a,client,poweroff");
  refused("ctys -a cancel=l:a,reset,pause");
  refused("ctys -a cancel=l:a,init");
  refused("ctys -a cancel=l:a,init:7");
  refused("ctys -a cancel=poweroff");
  refused("ctys -a cancel=all,l:a");
}

TEST_CASE("a folder to search is no machine") {
  for (const auto* line :
       {"ctys -a cancel=b:/x,force", "ctys kill b:/x", "ctys start basepath:/x", "ctys list b:/x"})
    CHECK(refused(line).summary.find("names no machine") != std::string::npos);
  CHECK(accepted("ctys enumerate b:/x").machines.size() == 1);
}

TEST_CASE("CANCEL may name several machines by repeating a key") {
  const auto request = accepted("ctys -a cancel=l:a,l:b,i:/x.xml,b:/base");
  REQUIRE(request.machines.size() == 3);
  CHECK(request.machines[0].keys == std::vector<Pair>{{"LABEL", "a"}, {"BASEPATH", "/base"}});
  CHECK(request.machines[2].keys == std::vector<Pair>{{"ID", "/x.xml"}, {"BASEPATH", "/base"}});
  CHECK(accepted("ctys -a list=l:a,l:b").machines.size() == 2);
  CHECK(machine("ctys -a cancel=l:a,l:a,i:/x.xml") == std::vector<Pair>{{"LABEL", "a"}, {"ID", "/x.xml"}});
  CHECK(machine("ctys -a cancel=l:a,i:/x.xml") == std::vector<Pair>{{"LABEL", "a"}, {"ID", "/x.xml"}});
  CHECK(accepted("ctys -a cancel=all").cancel.all);
}
